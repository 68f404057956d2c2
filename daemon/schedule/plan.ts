import { sha256 } from '../../shared/kernel/digest.ts';
import { lastTick, nextTick } from '../../shared/workflow/cron.ts';
import type { Trigger, Workflow } from '../../shared/workflow/definition.ts';

/** Milliseconds over which the workflows of one minute are spread, so that they do not all start at once. */
const JITTER = 30_000;

type Schedule = Extract<Trigger, { kind: 'schedule' }>;

/** When a workflow runs. All its schedules together: where two name the same moment, that is one tick. */
export interface Plan {
  readonly workflow: string;
  readonly schedules: readonly Schedule[];
  /** Milliseconds that each tick waits. It follows from the workflow’s name, and so is always the same. */
  readonly jitterMs: number;
  /** Changes when the times do. */
  readonly text: string;
}

/** Undefined for a workflow without a schedule. */
export function planOf({ name, triggers }: Workflow, jitter = JITTER): Plan | undefined {
  const schedules = triggers.filter((trigger) => trigger.kind === 'schedule');
  if (schedules.length === 0) return undefined;
  const jitterMs = Number.parseInt(sha256(name).slice(0, 8), 16) % Math.max(1, jitter);
  const text = schedules.map(({ cron, timezone }) => `${cron} ${timezone}`).join('; ');
  return { workflow: name, schedules, jitterMs, text };
}

/** The first tick after a time, jitter left aside. */
export function firstAfter({ schedules }: Plan, after: number): number | undefined {
  const ticks = schedules.flatMap(({ cron, timezone }) => nextTick(cron, timezone, after) ?? []);
  return ticks.length === 0 ? undefined : Math.min(...ticks);
}

/** The last tick at or before a time, jitter left aside. */
export function lastUntil({ schedules }: Plan, until: number): number | undefined {
  const ticks = schedules.flatMap(({ cron, timezone }) => lastTick(cron, timezone, until) ?? []);
  return ticks.length === 0 ? undefined : Math.max(...ticks);
}

/** When the schedule starts it the next time, in milliseconds since the epoch; undefined for one that has none. */
export function nextRunAt(workflow: Workflow, now: number, jitter?: number): number | undefined {
  const plan = planOf(workflow, jitter);
  const tick = plan && firstAfter(plan, now - plan.jitterMs);
  return tick === undefined ? undefined : tick + (plan?.jitterMs ?? 0);
}
