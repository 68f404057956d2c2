import { errnoOf } from '../kernel/errors.ts';

/** Milliseconds between two looks. */
const LOOK = 1_000;

/**
 * Ends the client that has started this server when the daemon behind both is gone: killed, it could not end them, and
 * the agent would go on while another daemon begins its step anew. What the server itself is doing ends as after every
 * client that goes away.
 */
export function endWithDaemon(daemon: number): void {
  const client = process.ppid;
  const timer = setInterval(() => {
    if (isAlive(daemon)) return;
    clearInterval(timer);
    // Another parent than at the start: the client is gone already.
    if (process.ppid === client) process.kill(client, 'SIGKILL');
  }, LOOK);
  timer.unref();
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errnoOf(error) !== 'ESRCH';
  }
}
