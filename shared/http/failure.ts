import { errnoOf, messageOf, OpsError } from '../kernel/errors.ts';
import type { Endpoint } from './endpoint.ts';

/** Milliseconds after which a request is given up. */
export interface Limits {
  /** Without a byte. */
  readonly idle: number;
  /** In all, however steadily the answer drips. */
  readonly total: number;
}

export const LIMITS: Limits = { idle: 15_000, total: 60_000 };

const TLS_ERRORS = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL/;

/** What kept a request from being answered, in our own words. */
export function failure(
  { label, hints }: Pick<Endpoint, 'label' | 'hints'>,
  caller: AbortSignal,
  late: AbortSignal,
  { idle, total }: Limits,
  error: unknown,
): OpsError {
  if (error instanceof OpsError) return error;
  const code = errnoOf(error) ?? '';
  const cause = { cause: error };
  if (caller.aborted) return stopped(label, caller.reason, error);
  if (code === 'ETIMEDOUT' || late.aborted) {
    const seconds = (late.aborted ? total : idle) / 1000;
    return new OpsError('timeout', `No answer from ${label} within ${seconds} s.`, hints.unreachable, cause);
  }
  if (TLS_ERRORS.test(code))
    return new OpsError('unreachable', `The certificate of ${label} is not trusted (${code}).`, hints.untrusted, cause);
  return new OpsError('unreachable', `Cannot reach ${label}: ${code || messageOf(error)}.`, hints.unreachable, cause);
}

function stopped(where: string, reason: unknown, cause: unknown): OpsError {
  const late = reason instanceof DOMException && reason.name === 'TimeoutError';
  return late
    ? new OpsError(
        'timeout',
        `The deadline passed before ${where} answered.`,
        'Look at the target before you try again.',
        { cause },
      )
    : new OpsError('cancelled', 'The call was cancelled by the client.', 'Nothing more was done.', { cause });
}
