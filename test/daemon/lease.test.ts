import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lease } from '../../daemon/lease/lease.ts';
import { SharedLeases } from '../../daemon/lease/shared.ts';
import type { DaemonState } from '../../shared/control-plane/ports.ts';
import { fakeClock } from '../support/clock.ts';
import { stateAtDashboard, stateInMemory } from '../support/daemon-state.ts';

const LIFE = 60_000;
const DAY = 24 * 3_600_000;

/** Where the leases are, and how many histories are tried there. */
const PLACES: readonly (readonly [name: string, open: () => Promise<DaemonState>, histories: number])[] = [
  ['in SQLite', async () => stateInMemory(), 300],
  ['at a dashboard', () => stateAtDashboard(), 15],
];

const deed = fc.oneof(
  fc.record({ kind: fc.constant('claim' as const), n: fc.nat(2) }),
  fc.record({ kind: fc.constantFrom('renew' as const, 'release' as const), n: fc.nat(9) }),
  fc.record({ kind: fc.constant('wait' as const), n: fc.constantFrom(0, 1, 20_000, 39_999, 59_999, 60_000) }),
);

describe.each(PLACES)('leases of one run %s', (_, open, histories) => {
  it('never have two valid holders; what a stale one renews or releases fails', async () => {
    const leases = new SharedLeases(await open());
    let history = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 40 }), async (deeds) => {
        history += 1;
        const run = `run-${history}`;
        const clock = fakeClock();
        const given: Lease[] = [];
        let valid: Lease | undefined;
        for (const { kind, n } of deeds) {
          const now = clock.now();
          if (valid !== undefined && valid.expiresAt <= now) valid = undefined;
          const lease = given[n % Math.max(1, given.length)];
          if (kind === 'wait') clock.advance(n);
          else if (kind === 'claim') {
            const claimed = await leases.claim(run, `daemon-${n}`, now, LIFE);
            expect(claimed !== undefined).toBe(valid === undefined);
            if (claimed !== undefined) {
              expect(claimed.token).toBe((given.at(-1)?.token ?? 0) + 1);
              given.push(claimed);
              valid = claimed;
            }
          } else if (lease !== undefined) {
            const mine = lease.token === valid?.token;
            const renewed = kind === 'renew' ? await leases.renew(lease, now, LIFE) : undefined;
            if (kind === 'renew') expect(renewed !== undefined).toBe(mine);
            else expect(await leases.release(lease, now)).toBe(mine);
            if (mine) valid = renewed;
          }
          const holders = await Promise.all(given.map((one) => leases.holds(one, now)));
          expect(given.filter((_, index) => holders[index]).map(({ token }) => token)).toEqual(
            valid === undefined ? [] : [valid.token],
          );
        }
      }),
      { numRuns: histories },
    );
  });

  it('that are neither renewed nor released are abandoned, and only those', async () => {
    const leases = new SharedLeases(await open());
    for (const run of ['run-1', 'run-2', 'run-3']) await leases.claim(run, 'a', 0, LIFE);
    const second = await leases.renew({ run: 'run-2', owner: 'a', token: 1, expiresAt: LIFE }, 1_000, LIFE);
    await leases.release({ run: 'run-3', owner: 'a', token: 1, expiresAt: LIFE }, 1_000);
    expect(second?.expiresAt).toBe(61_000);
    expect(await leases.abandoned(LIFE - 1)).toEqual([]);
    expect(await leases.abandoned(LIFE)).toEqual(['run-1']);
    expect(await leases.abandoned(61_000)).toEqual(['run-1', 'run-2']);
    expect(await leases.claim('run-1', 'b', 61_000, LIFE)).toMatchObject({ owner: 'b', token: 2 });
    expect(await leases.abandoned(61_000)).toEqual(['run-2']);
  });

  it('that are released are forgotten a day later, and begin anew', async () => {
    const state = await open();
    const leases = new SharedLeases(state);
    const lease = await leases.claim('run-1', 'a', 0, LIFE);
    if (lease === undefined) throw new Error('nobody holds it');
    await leases.release(lease, 1_000);
    await leases.abandoned(DAY);
    expect(await state.list('leases')).toHaveLength(1);
    expect(await leases.abandoned(DAY + 1_000)).toEqual([]);
    expect(await state.list('leases')).toEqual([]);
    expect(await leases.claim('run-1', 'b', 2 * DAY, LIFE)).toMatchObject({ owner: 'b', token: 1 });
  });

  it('are one among many who claim them at once', async () => {
    const state = await open();
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_each, n) => new SharedLeases(state).claim('run-1', `daemon-${n}`, 0, LIFE)),
    );
    expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1);
  });
});
