import { OpsError } from '../shared/kernel/errors.ts';
import { type HeartbeatOptions, hold } from './lease/heartbeat.ts';

/** The lease of the one daemon that fires schedules, takes in alerts, publishes and tells people. It is no run. */
const LEADER = 'daemon-leader';

/** Milliseconds between tries to lead. */
const PAUSE = 10_000;

/** Does `work` whenever nobody else leads, until it is told to stop. `work` ends when its signal is aborted. */
export async function lead(
  owner: string,
  options: HeartbeatOptions,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { sleep, log } = options;
  let failing = false;
  while (!signal.aborted) {
    try {
      const held = await hold(LEADER, owner, options);
      failing = false;
      if (held !== undefined) {
        try {
          await work(AbortSignal.any([signal, held.lost]));
        } finally {
          await held.release();
        }
      }
    } catch (error) {
      // One line an outage.
      if (!failing) log('this daemon cannot lead now; it is tried again', error);
      failing = true;
    }
    await sleep(PAUSE, signal);
  }
}

/**
 * Throws where another daemon may lead by now. A look that had begun before may have waited long for its answers; what
 * it has found may be done by now, or be over.
 */
export function demandLead({ now }: { readonly now: boolean }): void {
  if (!now) throw new OpsError('conflict', 'This daemon leads no longer.', 'Whoever leads now does it.');
}
