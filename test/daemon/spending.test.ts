import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SharedRecords } from '../../daemon/records.ts';
import { type Day, daySchema } from '../../daemon/spending/day.ts';
import { Spending, type SpendingOptions } from '../../daemon/spending/spending.ts';
import type { DaemonState } from '../../shared/control-plane/ports.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { fakeClock } from '../support/clock.ts';
import { tempFolder } from '../support/gate-rig.ts';

const HOUR = 3_600_000;
/** 24 November, 07:00 in Berlin. */
const MORNING = Date.UTC(2026, 10, 24, 6);

/** Daemons that share one real store. */
function spendingRig(change: Partial<SpendingOptions> = {}) {
  const clock = fakeClock(MORNING);
  const plane = openSqlite(join(tempFolder(), 'state.db'), clock);
  onTestFinished(() => plane.close());
  const budget = { step: 1, run: 5, day: 3 };
  const daemon = (state: DaemonState = plane.daemonState) =>
    new Spending({
      ...{ budget, timezone: 'Europe/Berlin', clock },
      days: new SharedRecords<Day>(state, 'spending', daySchema),
      ...change,
    });
  return { clock, daemon, state: plane.daemonState };
}

async function reserved(spending: Spending, run = 'run-1', spentByRun = 0) {
  const answer = await spending.reserve({ run, spentByRun });
  if (answer.kind === 'refused') throw answer.why;
  return answer;
}

async function refused(spending: Spending, run = 'run-1', spentByRun = 0) {
  const answer = await spending.reserve({ run, spentByRun });
  return answer.kind === 'refused' ? answer : expect.fail('it was reserved');
}

describe('the budget', () => {
  it('of a step is the most that one gets, and what it did not take is there for the next ones', async () => {
    const { daemon } = spendingRig();
    const spending = daemon();
    const one = await reserved(spending);
    expect(one.budgetUsd).toBe(1);
    expect(await spending.today()).toMatchObject({ spentUsd: 0, heldUsd: 1, budgetUsd: 3, isUsedUp: false });
    await one.settle(0.25);
    // Told twice, as after a crash, it counts once.
    await one.settle(0.25);
    expect(await daemon().today()).toMatchObject({ spentUsd: 0.25, heldUsd: 0 });
  });

  it('of a run is what its agents took, and what steps of it hold', async () => {
    const spending = spendingRig().daemon();
    expect((await reserved(spending, 'run-1', 4.6)).budgetUsd).toBe(0.4);
    const { of, why, retryAt } = await refused(spending, 'run-1', 4.6);
    expect([of, retryAt]).toEqual(['run', undefined]);
    expect(why.message).toBe('The agents of run-1 took $4.60 of the $5.00 that one run may take.');
    expect(why.hint).toContain('daemon.budget.run');
    expect((await reserved(spending, 'run-2')).budgetUsd).toBe(1);
  });

  it('of a run is also what a step of it took that no event of it tells', async () => {
    const spending = spendingRig().daemon();
    const one = await reserved(spending);
    await one.leave(0.7);
    await one.leave(0.7);
    expect(await spending.today()).toMatchObject({ spentUsd: 0, heldUsd: 0.7 });
    expect((await reserved(spending, 'run-1', 4)).budgetUsd).toBe(0.3);
    await (await reserved(spending, 'run-2')).leave(1.2);
    expect(await spending.today()).toMatchObject({ heldUsd: 2.2 });
  });

  it('of the day is one for all daemons, and starts anew at midnight in the time zone', async () => {
    const { clock, daemon } = spendingRig();
    for (const spending of [daemon(), daemon(), daemon()]) await (await reserved(spending)).settle(1);
    const { of, why, retryAt } = await refused(daemon());
    expect([of, retryAt]).toEqual(['day', MORNING + 17 * HOUR]);
    expect(why.message).toBe('Agents took $3.00 today, and $3.00 is the budget of a day.');
    expect(why.hint).toBe('It starts anew at 25 Nov, 00:00 CET. Or raise daemon.budget.day in k8s-agent.yaml.');
    expect(await daemon().today()).toMatchObject({ isUsedUp: true, until: MORNING + 17 * HOUR });
    clock.advance(17 * HOUR - 1);
    expect((await refused(daemon())).of).toBe('day');
    clock.advance(1);
    expect((await reserved(daemon())).budgetUsd).toBe(1);
  });

  it('that steps hold is waited for, and not used up', async () => {
    const { clock, daemon } = spendingRig();
    const steps = [await reserved(daemon()), await reserved(daemon()), await reserved(daemon(), 'run-2')];
    const { of, why, retryAt } = await refused(daemon());
    expect([of, retryAt]).toEqual(['steps', clock.now() + 30_000]);
    expect(why.message).toContain('agents took $0.00, and $3.00 is set aside');
    expect((await daemon().today()).isUsedUp).toBe(false);
    await steps[0]?.settle(0.5);
    expect((await reserved(daemon())).budgetUsd).toBe(0.5);
  });

  it('that a dead daemon held counts in full until midnight, and so does a step of which nobody knows', async () => {
    const { clock, daemon } = spendingRig();
    await reserved(daemon());
    await (await reserved(daemon())).settle(undefined);
    expect(await daemon().today()).toMatchObject({ spentUsd: 1, heldUsd: 1 });
    clock.advance(24 * HOUR);
    expect(await daemon().today()).toMatchObject({ spentUsd: 0, heldUsd: 0 });
  });

  it('counts what a step took past midnight for the day on which it began', async () => {
    const { clock, daemon } = spendingRig();
    const step = await reserved(daemon());
    clock.advance(24 * HOUR);
    await step.settle(1);
    expect(await daemon().today()).toMatchObject({ spentUsd: 0 });
    clock.advance(-24 * HOUR);
    expect(await daemon().today()).toMatchObject({ spentUsd: 1 });
  });

  it('counts what an agent took beyond it with its last turn', async () => {
    const { daemon } = spendingRig();
    await (await reserved(daemon())).settle(1.5);
    await reserved(daemon());
    expect((await reserved(daemon())).budgetUsd).toBe(0.5);
  });

  it('gives no step so little that it could only begin', async () => {
    const { daemon } = spendingRig({ budget: { step: 1, run: 5, day: 1.04 } });
    await reserved(daemon());
    expect((await refused(daemon())).of).toBe('steps');
    const tiny = spendingRig({ budget: { step: 0.01, run: 5, day: 1 } });
    expect((await reserved(tiny.daemon())).budgetUsd).toBe(0.01);
  });

  it('gives nothing where it cannot be read', async () => {
    const { daemon, state } = spendingRig();
    const away: DaemonState = {
      list: (part) => state.list(part),
      due: (part, by) => state.due(part, by),
      get: () => Promise.reject(new Error('away')),
      swap: () => Promise.reject(new Error('away')),
    };
    await expect(daemon(away).reserve({ run: 'run-1', spentByRun: 0 })).rejects.toThrow('away');
  });
});

/** What may happen: a step begins in one of two daemons, a step ends having taken a part of what it got, a daemon dies. */
const happening = fc.oneof(
  fc.record({ what: fc.constant('begin' as const), daemon: fc.nat(1), run: fc.nat(2) }),
  fc.record({ what: fc.constant('end' as const), which: fc.nat(), part: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ what: fc.constant('die' as const), daemon: fc.nat(1) }),
);

it('is never exceeded, whatever the order and whoever dies', async () => {
  const usd = fc.double({ min: 0.01, max: 2, noNaN: true });
  const budgets = fc.record({ step: usd, run: usd, day: usd });
  await fc.assert(
    fc.asyncProperty(
      budgets,
      fc.array(fc.array(happening, { maxLength: 4 }), { maxLength: 12 }),
      async (budget, rounds) => {
        const { daemon } = spendingRig({ budget });
        const spent = new Map<number, number>();
        let running: { daemon: number; run: number; step: Awaited<ReturnType<typeof reserved>> }[] = [];
        const happens = async (one: (typeof rounds)[number][number]): Promise<void> => {
          if (one.what === 'die') running = running.filter((step) => step.daemon !== one.daemon);
          if (one.what === 'begin') {
            const { run } = one;
            const answer = await daemon().reserve({ run: `run-${run}`, spentByRun: spent.get(run) ?? 0 });
            if (answer.kind === 'reserved') running.push({ daemon: one.daemon, run, step: answer });
          }
          if (one.what === 'end') {
            const [ended] = running.splice(one.which % Math.max(1, running.length), 1);
            if (ended === undefined) return;
            const took = ended.step.budgetUsd * one.part;
            // As the crew does: the run knows it first.
            spent.set(ended.run, (spent.get(ended.run) ?? 0) + took);
            await ended.step.settle(took);
          }
        };
        for (const round of rounds) {
          await Promise.all(round.map(happens));
          const { spentUsd, heldUsd } = await daemon().today();
          expect(spentUsd + heldUsd).toBeLessThanOrEqual(budget.day + 1e-6);
          for (const total of spent.values()) expect(total).toBeLessThanOrEqual(budget.run + 1e-6);
          // What runs got is never forgotten, whether they are there to say what they took or not.
          const got = running.reduce((sum, { step }) => sum + step.budgetUsd, 0);
          expect(heldUsd).toBeGreaterThanOrEqual(got - 1e-6);
        }
      },
    ),
    { numRuns: 60 },
  );
});
