import { describe, expect, it } from 'vitest';
import { scheduled, scheduleRig } from './schedule-rig.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('a crash around a tick', () => {
  const NINE = Date.UTC(2026, 10, 24, 9);
  const crash = () => Promise.reject(new Error('killed'));

  it('between the tick and its run leaves the tick to the next daemon', async () => {
    const rig = scheduleRig(scheduled(['0 9 * * *', 'UTC']), NINE - HOUR);
    await rig.daemon().look();
    rig.clock.advance(2 * HOUR);
    await rig.daemon({ start: crash }).look();
    expect(rig.logged).toEqual(['the schedule of check waits for the next look']);
    rig.clock.advance(3 * DAY);
    await rig.daemon().look();
    expect(rig.started).toEqual([NINE]);
    await rig.daemon().look();
    expect(rig.started).toEqual([NINE, NINE + 3 * DAY]);
  });

  it('between the run and its note starts nothing a second time: the run is named by its tick', async () => {
    const rig = scheduleRig(scheduled(['0 9 * * *', 'UTC']), NINE - HOUR);
    await rig.daemon().look();
    rig.clock.advance(2 * HOUR);
    const seen = rig.daemon();
    const start = async () => {
      await seen.look();
      await crash();
    };
    await rig.daemon({ start }).look();
    await rig.daemon().look();
    expect(rig.started).toEqual([NINE]);
  });

  it('of two daemons on one store starts one run', async () => {
    const rig = scheduleRig(scheduled(['*/5 * * * *', 'UTC']), NINE);
    await rig.daemon().look();
    for (let n = 0; n < 12; n += 1) {
      rig.clock.advance(5 * 60_000);
      await Promise.all([rig.daemon().look(), rig.daemon().look()]);
    }
    expect(rig.started).toHaveLength(11);
    expect(new Set(rig.started).size).toBe(11);
  });
});
