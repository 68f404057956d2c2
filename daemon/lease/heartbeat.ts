import type { Clock } from '../../shared/kernel/clock.ts';
import type { Sleep } from '../sleep.ts';
import type { Lease, Leases } from './lease.ts';

/** Milliseconds that a lease lasts: after a crash a run stands still for as long. */
const LIFE = 60_000;

export interface HeartbeatOptions {
  readonly leases: Leases;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly log: (message: string, error: unknown) => void;
  /** Milliseconds; a minute unless told. */
  readonly life?: number;
}

/** A run that this process drives. */
export interface Held {
  readonly lease: Lease;
  /** Aborted when the run is lost: whatever is done for it has to stop, and nothing more may be stored. */
  readonly lost: AbortSignal;
  /** Ends the heartbeat and gives the run up. */
  readonly release: () => Promise<void>;
  /** Ends the heartbeat and leaves the run to whoever looks for abandoned ones first. */
  readonly abandon: () => Promise<void>;
}

/** Claims a run and renews its lease three times in its life, until it is released or lost; undefined where another has it. */
export async function hold(run: string, owner: string, options: HeartbeatOptions): Promise<Held | undefined> {
  const { leases, clock, life = LIFE } = options;
  const lease = await leases.claim(run, owner, clock.now(), life);
  if (lease === undefined) return undefined;
  const lost = new AbortController();
  const stop = new AbortController();
  const beating = beat(lease, lost, stop.signal, options);
  return {
    lease,
    lost: lost.signal,
    release: async () => {
      stop.abort();
      await leases.release(await beating, clock.now());
    },
    abandon: async () => {
      stop.abort();
      await leases.renew(await beating, clock.now(), 0);
    },
  };
}

/** Says what the lease was in the end. */
async function beat(first: Lease, lost: AbortController, stop: AbortSignal, options: HeartbeatOptions): Promise<Lease> {
  const { clock, sleep, life = LIFE } = options;
  let lease = first;
  let failing = false;
  while (!stop.aborted && !lost.signal.aborted) {
    await sleep(pause(life, lease.expiresAt - clock.now()), stop);
    if (stop.aborted) break;
    const renewed = await inTime(lease, renew(lease, failing, options), options);
    failing = renewed === lease;
    if (renewed === undefined) lost.abort(new Error(`run ${lease.run} has been taken over`));
    else lease = renewed;
  }
  return lease;
}

/** More often towards the end, where the store has not answered, and never beyond it: then others may claim the run. */
function pause(life: number, left: number): number {
  return Math.max(0, Math.min(life / 3, left, Math.max(life / 60, left / 2)));
}

/** A store that does not answer before the lease is over is one that says no: from then on others may claim the run. */
async function inTime(lease: Lease, renewing: Promise<Lease | undefined>, { clock, sleep }: HeartbeatOptions) {
  const answered = new AbortController();
  const over = sleep(Math.max(0, lease.expiresAt - clock.now()), answered.signal).then(() => undefined);
  try {
    return await Promise.race([renewing, over]);
  } finally {
    answered.abort();
  }
}

/** A store that cannot be reached takes nothing away before the lease is over: until then it is the same, and that is said once. */
async function renew(lease: Lease, failing: boolean, options: HeartbeatOptions): Promise<Lease | undefined> {
  const { leases, clock, log, life = LIFE } = options;
  try {
    return await leases.renew(lease, clock.now(), life);
  } catch (error) {
    if (!failing) log(`the lease of run ${lease.run} could not be renewed; it is tried again until it is over`, error);
    return clock.now() < lease.expiresAt ? lease : undefined;
  }
}
