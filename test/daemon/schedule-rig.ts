import { setImmediate } from 'node:timers/promises';
import { SharedRecords } from '../../daemon/records.ts';
import { planOf } from '../../daemon/schedule/plan.ts';
import { Scheduler, type Tick } from '../../daemon/schedule/scheduler.ts';
import { scheduleStateSchema } from '../../daemon/schedule/state.ts';
import type { Workflow } from '../../shared/workflow/definition.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { stateInMemory } from '../support/daemon-state.ts';
import { aWorkflow } from '../support/workflows.ts';

export function scheduled(...crons: readonly (readonly [cron: string, timezone: string])[]): Workflow {
  const triggers = crons.map(([cron, timezone]) => `  - schedule: { cron: "${cron}", timezone: ${timezone} }`);
  const steps = 'steps:\n  - { name: look, agent: k8s-diagnostician, task: Look. }';
  return aWorkflow(`name: check\ntrigger:\n${triggers.join('\n')}\n${steps}\n`);
}

export interface ScheduleRig {
  readonly clock: FakeClock;
  /** Each call, also of a run that exists. */
  readonly calls: Tick[];
  /** The moments whose run exists, in the order in which they came. */
  readonly started: number[];
  readonly logged: string[];
  workflows: readonly Workflow[];
  /** As a process that has just started: it knows nothing but what is stored. */
  readonly daemon: (change?: Partial<ConstructorParameters<typeof Scheduler>[0]>) => Scheduler;
  readonly jitterMs: number;
}

/** The real scheduler on a real database, and a store of runs that is known by nothing but their ids. */
export function scheduleRig(workflow: Workflow, start: number): ScheduleRig {
  const clock = fakeClock(start);
  const states = new SharedRecords(stateInMemory(), 'schedules', scheduleStateSchema);
  const calls: Tick[] = [];
  const started: number[] = [];
  const logged: string[] = [];
  const runs = new Set<string>();
  const rig: ScheduleRig = {
    ...{ clock, calls, started, logged, workflows: [workflow], jitterMs: planOf(workflow)?.jitterMs ?? 0 },
    daemon: (change = {}) =>
      new Scheduler({
        states,
        clock,
        sleep: async (ms) => clock.advance(ms),
        workflows: () => rig.workflows,
        start: async (tick) => {
          calls.push(tick);
          if (!runs.has(tick.run)) started.push(tick.at);
          runs.add(tick.run);
        },
        log: (message) => void logged.push(message),
        ...change,
      }),
  };
  return rig;
}

/** Runs a daemon until the clock shows `until`. Each of its longest sleeps takes `nap`, as on a machine that is busy. */
export async function runUntil(rig: ScheduleRig, until: number, nap = 30_000): Promise<void> {
  const stop = new AbortController();
  const sleep = async (ms: number) => {
    rig.clock.advance(Math.min(ms === 30_000 ? nap : ms, until - rig.clock.now()));
    await setImmediate();
    if (rig.clock.now() >= until) stop.abort();
  };
  const daemon = rig.daemon({ sleep });
  await daemon.run(stop.signal);
  await daemon.look();
}

export interface Wall {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `2026-03-29` */
  readonly date: string;
  readonly weekday: string;
  readonly hour: number;
  readonly minute: number;
}

/** What a clock on the wall shows at each minute: by Intl alone, so that it can judge what Croner says. */
export function wallClock(timezone: string, from: number, until: number): readonly Wall[] {
  const format = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone: timezone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ weekday: 'short', hour: '2-digit', minute: '2-digit' },
  });
  const minutes = Array.from(
    { length: Math.floor((until - from) / 60_000) },
    (_, index) => from + (index + 1) * 60_000,
  );
  return minutes.map((at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const { year, month, day, weekday = '', hour, minute } = parts;
    return { at, date: `${year}-${month}-${day}`, weekday, hour: Number(hour), minute: Number(minute) };
  });
}
