import { z } from 'zod';
import { firstAfter, lastUntil, type Plan } from './plan.ts';

const at = z.number().describe('Milliseconds since the epoch.');

/** What is stored of a workflow’s schedule. */
export const scheduleStateSchema = z.object({
  schedule: z.string().describe('Its times when this was written.'),
  after: at.describe('Ticks after this one are still to come.'),
  due: z
    .object({ tick: at, missedSince: at.exactOptional() })
    .exactOptional()
    .describe('A tick that is decided, and whose run nobody has seen yet.'),
});
export type ScheduleState = Readonly<z.output<typeof scheduleStateSchema>>;

/**
 * What is due. However many ticks were missed, the last one alone is caught up.
 *
 * A schedule that is new, or whose times have changed, owes nothing for the past. Where the clock was put back behind
 * the last tick, everything after now is to come (again): a run is named by its tick, so none starts twice, and those
 * that a wrong clock has passed over are not lost.
 */
export function look(plan: Plan, known: ScheduleState | undefined, now: number): ScheduleState {
  if (known?.schedule !== plan.text) return { ...known, schedule: plan.text, after: now };
  if (known.due !== undefined) return known;
  if (now < known.after) return { ...known, after: now - plan.jitterMs };
  const tick = lastUntil(plan, now - plan.jitterMs);
  if (tick === undefined || tick <= known.after) return known;
  const first = firstAfter(plan, known.after) ?? tick;
  return { ...known, after: tick, due: { tick, ...(first < tick && { missedSince: first }) } };
}

/** The run of `tick` exists. */
export function settled(state: ScheduleState, tick: number): ScheduleState {
  if (state.due?.tick !== tick) return state;
  const { due: _, ...rest } = state;
  return rest;
}
