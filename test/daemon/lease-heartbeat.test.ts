import { describe, expect, it, vi } from 'vitest';
import { type HeartbeatOptions, hold } from '../../daemon/lease/heartbeat.ts';
import type { Leases } from '../../daemon/lease/lease.ts';
import { SharedLeases } from '../../daemon/lease/shared.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { stateInMemory } from '../support/daemon-state.ts';

const LIFE = 60_000;

/** Sleeps as long as the clock needs to come to the end of the sleep. */
function heart(change: Partial<HeartbeatOptions> = {}): HeartbeatOptions & { clock: FakeClock; logged: string[] } {
  const clock = fakeClock(0);
  const logged: string[] = [];
  const sleep: HeartbeatOptions['sleep'] = async (ms, signal) => {
    const until = clock.now() + ms;
    while (clock.now() < until && !signal.aborted) await new Promise(setImmediate);
  };
  return {
    leases: new SharedLeases(stateInMemory()),
    sleep,
    log: (message) => void logged.push(message),
    ...change,
    clock,
    logged,
  };
}

/** In small steps, between which the heart can beat. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (let n = 0; n < ms / 1_000; n += 1) {
    clock.advance(1_000);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
  }
}

/** Its methods, one of which a test may replace. */
function methodsOf(leases: Leases): Leases {
  return {
    claim: (...what) => leases.claim(...what),
    renew: (...what) => leases.renew(...what),
    release: (...what) => leases.release(...what),
    holds: (...what) => leases.holds(...what),
    abandoned: (...what) => leases.abandoned(...what),
  };
}

describe('the heartbeat', () => {
  it('keeps a run for hours, and gives it up at once', async () => {
    const options = heart();
    const held = await hold('run-1', 'a', options);
    expect(await hold('run-1', 'b', options)).toBeUndefined();
    await pass(options.clock, 3 * 3_600_000);
    expect(held?.lost.aborted).toBe(false);
    expect(await hold('run-1', 'b', options)).toBeUndefined();
    await held?.release();
    const next = await hold('run-1', 'b', options);
    expect(next?.lease.token).toBe(2);
    await next?.release();
  });

  it('says so when the run has been taken over, and takes nothing back', async () => {
    const options = heart();
    const held = await hold('run-1', 'a', options);
    options.clock.advance(LIFE);
    const other = await hold('run-1', 'b', options);
    await vi.waitFor(() => expect(held?.lost.aborted).toBe(true));
    expect(String(held?.lost.reason)).toContain('run run-1 has been taken over');
    await held?.release();
    expect(await options.leases.holds(other?.lease ?? { run: '', owner: '', token: 0, expiresAt: 0 }, LIFE)).toBe(true);
    await other?.release();
  });

  it('counts a run as lost when its lease is over, also where the store does not answer at all', async () => {
    const leases = new SharedLeases(stateInMemory());
    const silent = { ...methodsOf(leases), renew: () => new Promise<undefined>(() => {}) };
    const options = heart({ leases: silent });
    const held = await hold('run-1', 'a', options);
    await pass(options.clock, LIFE - 1_000);
    expect(held?.lost.aborted).toBe(false);
    await pass(options.clock, 2_000);
    expect(held?.lost.aborted).toBe(true);
  });

  it('outlives a store that cannot be reached for a while, but not the end of the lease', async () => {
    const leases = new SharedLeases(stateInMemory());
    let reachable = false;
    const renew: SharedLeases['renew'] = async (...what) => {
      if (!reachable) throw new Error('the network is down');
      return leases.renew(...what);
    };
    const options = heart({ leases: { ...methodsOf(leases), renew } });
    const held = await hold('run-1', 'a', options);
    await pass(options.clock, 45_000);
    expect(held?.lost.aborted).toBe(false);
    reachable = true;
    await pass(options.clock, 60_000);
    expect(held?.lost.aborted).toBe(false);
    reachable = false;
    await pass(options.clock, 62_000);
    expect(held?.lost.aborted).toBe(true);
    // One line an outage.
    const line = 'the lease of run run-1 could not be renewed; it is tried again until it is over';
    expect(options.logged).toEqual([line, line]);
  });
});
