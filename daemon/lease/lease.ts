/** That one daemon, and no other, drives a run for now. */
export interface Lease {
  readonly run: string;
  /** A process: two that run on one machine have two names. */
  readonly owner: string;
  /** Grows with each claim of the run. Whoever has a smaller one has been taken over. */
  readonly token: number;
  /** Milliseconds since the epoch; from then on others may claim the run. */
  readonly expiresAt: number;
}

/** Who drives which run. Each operation is one compare-and-swap, and on disk when it returns. */
export interface Leases {
  /** The run, where nobody holds it at `now`; undefined where somebody does, the owner itself included. */
  claim(run: string, owner: string, now: number, life: number): Promise<Lease | undefined>;
  /** With an end `life` after `now`; undefined where the lease is over, released or taken over. */
  renew(lease: Lease, now: number, life: number): Promise<Lease | undefined>;
  /** Gives the run up, so that nobody takes it over. False where it was no longer held. */
  release(lease: Lease, now: number): Promise<boolean>;
  /** Whether it is still held: asked before what must not happen twice. */
  holds(lease: Lease, now: number): Promise<boolean>;
  /** Runs that were neither released nor renewed in time, the longest ago first: their daemon is dead or cut off. */
  abandoned(now: number): Promise<readonly string[]>;
}
