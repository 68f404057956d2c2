import { describe, expect, it } from 'vitest';
import { nextRunAt, planOf } from '../../daemon/schedule/plan.ts';
import { iso } from '../../shared/kernel/clock.ts';
import { runUntil, scheduled, scheduleRig, type Wall, wallClock } from './schedule-rig.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const every = (test: (wall: Wall) => boolean) => (walls: readonly Wall[]) => walls.filter(test).map(({ at }) => at);

/** Once a day at its first chance: a time that the night leaves out comes as soon as the clock is past it. */
const daily = (hour: number, minute: number) => (walls: readonly Wall[]) => {
  const late = walls.filter((wall) => wall.hour * 60 + wall.minute >= hour * 60 + minute);
  return late.filter(({ date }, index) => late[index - 1]?.date !== date).map(({ at }) => at);
};

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'];
const CRONS: readonly (readonly [string, (walls: readonly Wall[]) => readonly number[]])[] = [
  ['0 * * * *', every(({ minute }) => minute === 0)],
  ['0 */6 * * *', every(({ hour, minute }) => hour % 6 === 0 && minute === 0)],
  ['30 2,14 * * *', (walls) => [...daily(2, 30)(walls), ...daily(14, 30)(walls)].sort((a, b) => a - b)],
  ['0 9 * * mon-fri', every(({ weekday, hour, minute }) => WEEKDAYS.includes(weekday) && hour === 9 && minute === 0)],
];

/** Months in which the clocks change. */
const MONTHS = [
  ['Europe/Berlin', Date.UTC(2026, 2, 1)],
  ['Europe/Berlin', Date.UTC(2026, 9, 1)],
  ['America/New_York', Date.UTC(2026, 2, 1)],
  ['America/New_York', Date.UTC(2026, 9, 15)],
] as const;

const CASES = MONTHS.flatMap(([zone, start]) =>
  CRONS.map(([cron, oracle]) => ({ zone, start, cron, oracle, month: iso(start).slice(0, 7) })),
);

describe('a month of a schedule', () => {
  it.each(CASES)('"$cron" in $zone from $month on: no tick is lost, none comes twice', async (example) => {
    const { zone, start, cron, oracle } = example;
    const rig = scheduleRig(scheduled([cron, zone]), start);
    const end = start + 31 * DAY;
    // The daemon is started anew each day and a half, and is away for less than any of these schedules waits.
    for (let at = start; at < end; at += 36 * HOUR) {
      await runUntil(rig, Math.min(at + 36 * HOUR, end), 50 * 60_000);
      rig.clock.advance(at + 36 * HOUR < end ? 5 * 60_000 : 0);
    }
    await runUntil(rig, end + 60_000);
    const expected = oracle(wallClock(zone, start - DAY, end)).filter((at) => at > start);
    expect(expected.length).toBeGreaterThan(20);
    expect(rig.started.map(iso)).toEqual(expected.map(iso));
    expect(rig.calls).toHaveLength(expected.length);
    expect(rig.logged).toEqual([]);
  });
});

describe('a schedule', () => {
  const NINE = Date.UTC(2026, 10, 24, 9);

  it('that is new owes nothing for the past', async () => {
    const rig = scheduleRig(scheduled(['0 9 * * *', 'UTC']), NINE + 1);
    await runUntil(rig, NINE + 23 * HOUR, HOUR);
    expect(rig.started).toEqual([]);
  });

  it('catches up the last tick alone after days without a daemon, and says since when', async () => {
    const rig = scheduleRig(scheduled(['0 9 * * *', 'UTC']), NINE - HOUR);
    await rig.daemon().look();
    rig.clock.advance(5 * DAY);
    await runUntil(rig, NINE + 5 * DAY - 1, HOUR);
    expect(rig.calls).toMatchObject([{ at: NINE + 4 * DAY, missedSince: NINE }]);
    await runUntil(rig, NINE + 5 * DAY + HOUR);
    expect(rig.calls.slice(1)).toMatchObject([{ at: NINE + 5 * DAY }]);
    expect(rig.calls[1]).not.toHaveProperty('missedSince');
  });

  it('whose times are changed owes nothing under the new ones', async () => {
    const rig = scheduleRig(scheduled(['0 9 * * *', 'UTC']), NINE - HOUR);
    await runUntil(rig, NINE + HOUR);
    rig.workflows = [scheduled(['0 */2 * * *', 'UTC'])];
    rig.clock.advance(9 * HOUR);
    await runUntil(rig, NINE + 12 * HOUR, HOUR);
    expect(rig.started).toEqual([NINE, NINE + 11 * HOUR]);
  });

  it('that names one moment twice starts one run', async () => {
    const both = scheduled(['0 9 * * *', 'UTC'], ['0 10 * * *', 'Europe/Berlin'], ['0 12 * * *', 'UTC']);
    const rig = scheduleRig(both, NINE - HOUR);
    await runUntil(rig, NINE + 4 * HOUR, HOUR);
    expect(rig.started).toEqual([NINE, NINE + 3 * HOUR]);
  });

  it('waits as long as its name says, the same each time, and tells the dashboard so', async () => {
    const workflow = scheduled(['0 9 * * *', 'UTC']);
    const { jitterMs } = planOf(workflow) ?? { jitterMs: 0 };
    expect(jitterMs).toBeGreaterThan(0);
    expect(jitterMs).toBeLessThan(30_000);
    const rig = scheduleRig(workflow, NINE - HOUR);
    expect(nextRunAt(workflow, NINE - HOUR)).toBe(NINE + jitterMs);
    await runUntil(rig, NINE + jitterMs - 1);
    expect(rig.started).toEqual([]);
    await runUntil(rig, NINE + jitterMs);
    expect(rig.started).toEqual([NINE]);
    expect(nextRunAt(workflow, NINE + jitterMs)).toBe(NINE + DAY + jitterMs);
  });

  it('spreads workflows of the same minute', () => {
    const workflow = scheduled(['0 9 * * *', 'UTC']);
    const waits = Array.from({ length: 100 }, (_, n) => planOf({ ...workflow, name: `check-${n}` })?.jitterMs ?? 0);
    expect(new Set(waits).size).toBeGreaterThan(90);
    expect(Math.min(...waits)).toBeLessThan(5_000);
    expect(Math.max(...waits)).toBeGreaterThan(25_000);
  });

  it('has no next run where a workflow has none', () => {
    const { triggers: _, ...rest } = scheduled(['0 9 * * *', 'UTC']);
    expect(nextRunAt({ ...rest, triggers: [{ kind: 'manual' }] }, NINE)).toBeUndefined();
  });
});
