import { OpsError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import { type Cause, END_STATUSES, type EventOf, type RunEvent } from './events.ts';
import { misfit, reduceStep, type StepState } from './step-state.ts';

export const RUN_STATUSES = ['waiting', 'running', ...END_STATUSES] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export interface RunState {
  readonly run: string;
  readonly workflow: string;
  readonly hash: string;
  readonly cause: Cause;
  readonly inputs: JsonObject;
  readonly lock?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deadline: number;
  /** `waiting` until it has its lock. */
  readonly status: RunStatus;
  readonly steps: Readonly<Record<string, StepState>>;
  readonly cancel?: { readonly by: string; readonly reason: string };
  readonly outputs: JsonObject;
  readonly reason?: string;
  /** When something was last changed by it, as far as one knows. */
  readonly changedAt?: number;
  /** No alert of its incident fires any more; once it has ended, whether that was so at its end. */
  readonly resolved?: boolean;
  /** When, after its end, the last of them resolved; absent while one fires. */
  readonly resolvedLate?: number;
  /** Whether what it changed has helped. */
  readonly verified?: { readonly result: EventOf<'verified'>['result']; readonly detail: string };
  /** US dollars that its agents took. */
  readonly costUsd: number;
  /** How many events it has. */
  readonly length: number;
}

/** The state after one more event. Throws an `OpsError` where the event does not fit, so that nothing happens twice. */
export function reduce(state: RunState | undefined, event: RunEvent): RunState {
  if (event.type === 'created') {
    if (state !== undefined) throw misfit(event, 'the run exists');
    return create(event);
  }
  if (state === undefined) throw misfit(event, 'there is no run');
  if (isEnded(state)) return afterEnd(state, event);
  const next = { ...state, updatedAt: event.at, length: state.length + 1 };
  switch (event.type) {
    case 'admitted':
      if (state.status !== 'waiting') throw misfit(event, 'the run has been admitted');
      return { ...next, status: 'running' };
    case 'cancel-requested':
      return { ...next, cancel: state.cancel ?? { by: event.by, reason: event.reason } };
    case 'ended':
      return { ...next, status: event.status, reason: event.reason, outputs: event.outputs };
    case 'alert-joined':
      return { ...next, resolved: false };
    case 'alert-resolved':
      return { ...next, resolved: event.left === 0 };
    case 'verified':
      if (state.verified !== undefined || state.changedAt === undefined)
        throw misfit(event, 'there is nothing to verify');
      return { ...next, verified: { result: event.result, detail: event.detail } };
    default: {
      if (state.status !== 'running') throw misfit(event, 'the run has not been admitted');
      const { usage } = { usage: undefined, ...event };
      return {
        ...next,
        outputs: event.type === 'reported' ? event.outputs : state.outputs,
        costUsd: state.costUsd + (usage?.costUsd ?? 0),
        steps: { ...state.steps, [event.step]: reduceStep(stepIn(state, event.step), event) },
        ...(hasChanged(event) && { changedAt: event.at }),
      };
    }
  }
}

/** What is heard of its alerts is still noted. It began, ended and came out as it did. */
function afterEnd(state: RunState, event: RunEvent): RunState {
  if (event.type !== 'alert-joined' && event.type !== 'alert-resolved')
    throw misfit(event, `the run has ended (${state.status})`);
  const { resolvedLate: _, ...rest } = state;
  const isOver = event.type === 'alert-resolved' && event.left === 0;
  return { ...rest, length: state.length + 1, ...(isOver && { resolvedLate: event.at }) };
}

/** Doubt counts as a change: it is looked at. */
function hasChanged(event: RunEvent): boolean {
  if (event.type === 'action-finished') return event.status !== 'failed';
  if (event.type !== 'step-finished' && event.type !== 'step-failed') return false;
  return event.changed === 'something' || event.changed === 'unknown';
}

export function replay(events: readonly RunEvent[]): RunState | undefined {
  return events.reduce<RunState | undefined>(reduce, undefined);
}

export function isEnded({ status }: RunState): boolean {
  return status !== 'waiting' && status !== 'running';
}

export function stepIn(state: RunState, step: string): StepState {
  const found = Object.hasOwn(state.steps, step) ? state.steps[step] : undefined;
  if (found === undefined)
    throw new OpsError(
      'conflict',
      `Run ${state.run} has no step "${step}".`,
      `Steps: ${Object.keys(state.steps).join(', ')}.`,
    );
  return found;
}

function create({ run, workflow, hash, cause, inputs, lock, at, deadline, steps }: EventOf<'created'>): RunState {
  return {
    ...{
      run,
      workflow,
      hash,
      cause,
      inputs,
      deadline,
      createdAt: at,
      updatedAt: at,
      status: 'waiting',
      outputs: {},
      costUsd: 0,
      length: 1,
    },
    ...(lock !== undefined && { lock }),
    steps: Object.fromEntries(steps.map((step) => [step, { status: 'pending' }])),
  };
}
