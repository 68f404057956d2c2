import { OpsError } from '../kernel/errors.ts';
import type { Command, StepRequest } from './command.ts';
import type { Step, Workflow, WorkStep } from './definition.ts';
import type { RunEvent } from './events.ts';
import { modelFor } from './model.ts';
import { ACTIONS_PROPOSED } from './names.ts';
import { promptOf } from './prompt.ts';
import { outputsOf } from './report.ts';
import { scopeOf } from './scope.ts';
import type { RunState } from './state.ts';
import type { StepState } from './step-state.ts';
import { evaluate } from './template.ts';

/** One step of a run that is going on. */
interface At {
  readonly workflow: Workflow;
  readonly state: RunState;
  readonly now: number;
  readonly step: Step;
  /** The step that failed, if one has. */
  readonly failed: Step | undefined;
}

/** What this step needs, or undefined where it is settled. */
export function stepCommand(at: At): Command | undefined {
  const { state, now, step } = at;
  const current: StepState = state.steps[step.id] ?? { status: 'pending' };
  switch (current.status) {
    case 'pending':
      return attempted(at, 0, () => begin(at));
    case 'running':
      if (now < current.deadline)
        return { kind: 'await-step', step: step.id, attempt: current.attempt, deadline: current.deadline };
      return {
        kind: 'abort-step',
        step: step.id,
        attempt: current.attempt,
        reason: 'the step took longer than its timeout',
      };
    case 'waiting':
      if (now < current.until) return { kind: 'wait', until: current.until };
      return step.kind === 'work'
        ? attempted(at, current.attempt, () => request(at, step, current.attempt + 1))
        : undefined;
    case 'proposed': {
      const { proposal } = current;
      if (!state.resolved) return { kind: 'ask-person', step: step.id, proposal };
      const by = 'nobody needs it any more: its alerts have resolved';
      return record({
        type: 'proposal-settled',
        at: now,
        step: step.id,
        digest: proposal.digest,
        decision: 'expired',
        by,
      });
    }
    case 'executing': {
      const index = current.actions.findIndex((status) => status !== 'ok');
      if (current.actions[index] === 'started') return { kind: 'await-action', step: step.id, index };
      const action = current.proposal.actions[index];
      const { approval } = current;
      return action && { kind: 'execute', step: step.id, index, action, ...(approval !== undefined && { approval }) };
    }
    case 'unknown':
      return { kind: 'ask-outcome', step: step.id, reason: current.reason };
    default:
      return undefined;
  }
}

function begin(at: At): Command {
  const { workflow, state, now, step, failed } = at;
  const skip = (reason: string) => record({ type: 'skipped', at: now, step: step.id, reason });
  if (failed !== undefined && step.kind !== 'report') return skip(`step ${failed.id} failed`);
  if (step.guard !== undefined && !taken(state, step.guard))
    return skip(`the other branch of ${step.guard.step} was taken`);
  const holds = step.condition === undefined || isTrue(workflow, state, step.condition);
  if (step.kind === 'choose') return record({ type: 'chosen', at: now, step: step.id, value: holds });
  if (!holds) return skip('its condition is false');
  if (step.kind === 'work') return request(at, step, 1);
  return record({ type: 'reported', at: now, step: step.id, outputs: outputsOf(workflow, state, step.outputs) });
}

/** A step that cannot even be asked for has failed, and has changed nothing. */
function attempted({ now, step }: At, attempt: number, work: () => Command): Command {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    return record({ type: 'step-failed', at: now, step: step.id, attempt, reason: error.message, changed: 'nothing' });
  }
}

function record(event: RunEvent): Command {
  return { kind: 'record', event };
}

function taken(state: RunState, guard: { readonly step: string; readonly is: boolean }): boolean {
  const chooser = state.steps[guard.step];
  return chooser?.status === 'chosen' && chooser.value === guard.is;
}

/** True or false; nothing at all, as of a step that was skipped, is false. */
function isTrue(workflow: Workflow, state: RunState, expression: string): boolean {
  const value = evaluate(expression, scopeOf(workflow, state));
  if (typeof value === 'boolean') return value;
  if (value === null) return false;
  throw new OpsError(
    'invalid_input',
    `${expression} gives ${JSON.stringify(value).slice(0, 80)}, which is neither true nor false.`,
    'Compare it with something.',
  );
}

/** Whether a person confirms every change of this step. */
export function mustConfirm(workflow: Workflow, state: RunState, { confirm, confirmIf }: WorkStep): boolean {
  const demanded = confirmIf !== undefined && confirmIf !== ACTIONS_PROPOSED && isTrue(workflow, state, confirmIf);
  return confirm || demanded;
}

/** What the agent of a step is asked. Throws an `OpsError` where a template cannot be evaluated. */
export function requestOf(workflow: Workflow, state: RunState, step: WorkStep, attempt: number): StepRequest {
  return {
    ...modelFor(workflow, step, scopeOf(workflow, state)),
    step: step.id,
    attempt,
    agent: step.agent,
    prompt: promptOf(workflow, state, step),
    answer: step.answer,
    ...('action' in step.ask && { tools: step.ask.action.tools }),
    confirm: mustConfirm(workflow, state, step),
    timeoutMs: step.timeoutMs,
  };
}

function request({ workflow, state }: At, step: WorkStep, attempt: number): Command {
  return { kind: 'run-step', request: requestOf(workflow, state, step, attempt) };
}
