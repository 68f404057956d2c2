import { sleep } from '../../daemon/sleep.ts';

/** Does `work` again and again until it is told to stop. It keeps the process alive. */
export async function every(ms: number, work: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await work();
    await sleep(ms, signal);
  }
}
