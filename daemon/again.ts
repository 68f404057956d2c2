import type { Log } from '../shared/kernel/log.ts';
import type { Sleep } from './sleep.ts';

/** Milliseconds after a failure at least. */
const PAUSE = 5_000;

/** Does `work` again and again, until it is told to stop; what fails is logged, and comes again. */
export async function again(
  ms: number,
  work: () => Promise<void>,
  signal: AbortSignal,
  { sleep, log }: { readonly sleep: Sleep; readonly log: Log },
): Promise<void> {
  while (!signal.aborted) {
    try {
      await work();
      await sleep(ms, signal);
    } catch (error) {
      log('something that the daemon does again and again has failed; it is tried again', error);
      await sleep(Math.max(ms, PAUSE), signal);
    }
  }
}
