import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { errnoOf } from '../../shared/kernel/errors.ts';

/** Milliseconds in which the client may end by itself, with its servers. */
const GRACE = 5_000;

interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The processes of one session: the client in a group of its own, with all that it starts. */
export class ClientProcesses {
  readonly #onError: (text: string) => void;
  #client: ChildProcess | undefined;

  /** `onError` gets what the client writes to standard error. */
  constructor(onError: (text: string) => void) {
    this.#onError = onError;
  }

  start({ command, args, cwd, env }: Launch) {
    const client = spawn(command, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#client = client;
    client.stderr.setEncoding('utf8').on('data', this.#onError);
    return client;
  }

  /** Returns when none of them is left. */
  async end(): Promise<void> {
    const client = this.#client;
    if (client?.pid === undefined) return;
    if (client.exitCode === null && client.signalCode === null) {
      const gone = once(client, 'exit', { signal: AbortSignal.timeout(GRACE) });
      await gone.catch(() => {});
    }
    try {
      process.kill(-client.pid, 'SIGKILL');
    } catch (error) {
      if (errnoOf(error) !== 'ESRCH') throw error;
    }
  }
}
