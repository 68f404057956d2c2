import type { Logger } from 'pino';
import { messageOf } from './errors.ts';
import { maskText } from './secrets.ts';

/** Writes what went wrong inside, with its cause, to stderr: stdout belongs to the protocol. */
export type Log = (message: string, error: unknown) => void;

/** pino is loaded with the first line, since most servers end without one. */
export function stderrLog(name: string): Log {
  let logger: Promise<Logger> | undefined;
  return (message, error) => {
    logger ??= import('pino').then(({ default: pino }) => pino({ name }, pino.destination({ dest: 2, sync: true })));
    const { stack, cause } = error instanceof Error ? error : { stack: undefined, cause: undefined };
    const detail = {
      error: maskText(messageOf(error)),
      ...(cause !== undefined && { cause: maskText(messageOf(cause)) }),
      stack,
    };
    // A log that fails must not end the server, which may be in the middle of a change.
    logger.then((ready) => ready.error(detail, message)).catch(() => process.stderr.write(`${name}: ${message}\n`));
  };
}
