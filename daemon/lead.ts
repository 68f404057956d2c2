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
  while (!signal.aborted) {
    try {
      const held = await hold(LEADER, owner, options);
      if (held !== undefined) {
        try {
          await work(AbortSignal.any([signal, held.lost]));
        } finally {
          await held.release();
        }
      }
    } catch (error) {
      log('this daemon cannot lead now; it is tried again', error);
    }
    await sleep(PAUSE, signal);
  }
}
