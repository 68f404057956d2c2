import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cronProblem, lastTick, nextTick } from '../../shared/workflow/cron.ts';
import { type ScheduleRig, scheduled, scheduleRig } from './schedule-rig.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 10, 24, 6, 30);

/** What happens to a machine: the daemon looks every ten minutes, or is away, or somebody sets the clock. */
const moment = fc.oneof(
  fc.record({ kind: fc.constant('up' as const), minutes: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ kind: fc.constant('down' as const), minutes: fc.integer({ min: 1, max: 3_000 }) }),
  fc.record({ kind: fc.constant('set' as const), minutes: fc.integer({ min: -3_000, max: 3_000 }) }),
  fc.record({ kind: fc.constant('set' as const), minutes: fc.integer({ min: -2, max: 2 }) }),
);

/** An hourly schedule in one line: each look starts the last hour that has passed since the look before. */
function passed(from: number, until: number, jitterMs: number): number | undefined {
  const last = Math.floor((until - jitterMs) / HOUR) * HOUR;
  return last > from - jitterMs ? last : undefined;
}

async function live(rig: ScheduleRig, moments: readonly { kind: string; minutes: number }[]): Promise<number[]> {
  const expected: number[] = [];
  const daemon = rig.daemon();
  await daemon.look();
  let seen = rig.clock.now();
  const looks = async (ms: number, by = daemon) => {
    rig.clock.advance(ms);
    await by.look();
    const due = passed(seen, rig.clock.now(), rig.jitterMs);
    if (due !== undefined && !expected.includes(due)) expected.push(due);
    seen = rig.clock.now();
  };
  for (const { kind, minutes } of moments) {
    if (kind === 'up') for (let n = 0; n < minutes; n += 10) await looks(Math.min(10, minutes - n) * MINUTE);
    else await looks(minutes * MINUTE, kind === 'down' ? rig.daemon() : daemon);
  }
  return expected;
}

describe('a clock that is set forward and back, and a daemon that comes and goes', () => {
  it('start each hour that was lived through once, and of those that were missed the last', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(moment, { minLength: 1, maxLength: 8 }), async (moments) => {
        const rig = scheduleRig(scheduled(['0 * * * *', 'UTC']), START);
        const expected = await live(rig, moments);
        expect(rig.started).toEqual(expected);
        expect(new Set(rig.started).size).toBe(rig.started.length);
      }),
      { numRuns: 60 },
    );
  });

  it('do not stop a schedule that a wrong clock has taken years ahead', async () => {
    const rig = scheduleRig(scheduled(['0 * * * *', 'UTC']), START);
    const years = 4 * 365 * 24 * 60;
    const expected = await live(rig, [
      { kind: 'set', minutes: years },
      { kind: 'up', minutes: 90 },
      { kind: 'set', minutes: -years },
      { kind: 'up', minutes: 180 },
    ]);
    const ahead = START + years * MINUTE;
    expect(expected).toEqual([
      ahead - HOUR / 2,
      ahead + HOUR / 2,
      ...[1.5, 2.5, 3.5].map((hours) => START + hours * HOUR),
    ]);
    expect(rig.started).toEqual(expected);
  });
});

const STRANGE = ['', '?', '-1', '61', 'x', 'L', '+1', '5#2', '15W', '5/2', '9-1', '*/0', '*/99', '1-', '**', 'monday'];

/** One field: what people write, and now and then something else. */
const part = (min: number, max: number, names: readonly string[] = [`${min}`]) => {
  const number = fc.integer({ min, max });
  const range = fc.tuple(number, number).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const stepped = fc
    .tuple(fc.oneof(fc.constant('*'), range), fc.integer({ min: 1, max: 12 }))
    .map((two) => two.join('/'));
  const usual = fc.oneof(number.map(String), fc.constant('*'), range, stepped, fc.constantFrom(...names));
  const one = fc.oneof({ weight: 40, arbitrary: usual }, { weight: 1, arbitrary: fc.constantFrom(...STRANGE) });
  return fc.array(one, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(','));
};
const cron = fc
  .tuple(part(0, 59), part(0, 23), part(1, 31), part(1, 12, ['jan', 'Feb']), part(0, 7, ['mon', 'SUN']))
  .map((fields) => fields.join(' '));
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia'];

describe('the language of schedules', () => {
  it('is what the scheduler can read: what is accepted has ticks in every time zone, one after the other', () => {
    let accepted = 0;
    fc.assert(
      fc.property(cron, fc.constantFrom(...ZONES), fc.integer({ min: 0, max: 4e12 }), (text, zone, from) => {
        if (cronProblem(text) !== undefined) return;
        accepted += 1;
        const next = nextTick(text, zone, from) ?? Number.NaN;
        expect(next).toBeGreaterThan(from);
        expect(lastTick(text, zone, next)).toBe(next);
        expect(lastTick(text, zone, next - 1) ?? 0).toBeLessThanOrEqual(from);
      }),
      { numRuns: 300 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it.each([
    ['* * * * * *', '6 fields instead of 5'],
    ['@daily', '1 fields instead of 5'],
    ['60 * * * *', '"60" is no minute (0 to 59)'],
    ['0 9 * * mon,tues', '"tues" is no day of week (0 to 7)'],
    ['0 9 5-1 * *', '"5-1" is no day of month (1 to 31)'],
    ['5/10 * * * *', '"5/10" is no minute (0 to 59)'],
    ['mon * * * *', '"mon" is no minute (0 to 59)'],
    ['0 9 * * +mon', '"+mon" is no day of week (0 to 7)'],
    ['0 9 ? * *', '"?" is no day of month (1 to 31)'],
    ['0 9 30 feb *', 'no such day ever comes'],
  ])('refuses "%s": %s', (text, problem) => {
    expect(cronProblem(text)).toBe(problem);
  });

  it.each(['0 9 29 2 *', '0 9 * * 5L', '0 9 * jan-mar MON-fri', '*/7 0-23/2 1,15 * 7', ' 0  9 * * * '])(
    'takes "%s"',
    (text) => {
      expect(cronProblem(text)).toBeUndefined();
    },
  );
});
