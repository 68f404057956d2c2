import { digest } from '../kernel/digest.ts';
import { OpsError } from '../kernel/errors.ts';
import { isObject, type Json, type JsonObject } from '../kernel/json.ts';
import type { Step, Workflow, WorkStep } from './definition.ts';
import type { Changed, EventOf, Proposal, ProposedAction } from './events.ts';
import { ACTIONS_PROPOSED } from './names.ts';
import { nearest } from './problem.ts';
import { type RunState, stepIn } from './state.ts';

/** A work step of a workflow. Throws an `OpsError` that names those that there are. */
function workStep(workflow: Workflow, id: string): WorkStep {
  const works = workflow.steps.filter((step: Step) => step.kind === 'work');
  const step = works.find((candidate) => candidate.id === id);
  if (step !== undefined) return step;
  throw new OpsError(
    'not_found',
    `${workflow.name} has no step "${id}" that an agent does.`,
    nearest(
      id,
      works.map((candidate) => candidate.id),
    ),
  );
}

/** The event for an answer that `checkAnswer` has accepted. Proposed actions wait for a person. */
export function finishedEvent(
  workflow: Workflow,
  state: RunState,
  id: string,
  answer: JsonObject,
  at: number,
): EventOf<'step-finished'> {
  const step = workStep(workflow, id);
  const proposal = step.confirmIf === ACTIONS_PROPOSED ? proposalOf(state.run, id, answer.actions) : undefined;
  return { type: 'step-finished', at, step: id, attempt: attemptOf(state, id), answer, ...(proposal && { proposal }) };
}

/** The event for an attempt that failed, with the time of the next one where there may be one: only after it changed nothing. */
export function failedEvent(
  workflow: Workflow,
  state: RunState,
  id: string,
  failure: { readonly reason: string; readonly changed: Changed },
  at: number,
): EventOf<'step-failed'> {
  const { retry } = workStep(workflow, id);
  const attempt = attemptOf(state, id);
  const again = failure.changed === 'nothing' && attempt < retry.attempts && state.cancel === undefined;
  const retryAt = at + retry.backoffMs * 2 ** (attempt - 1);
  return { type: 'step-failed', at, step: id, attempt, ...failure, ...(again && { retryAt }) };
}

function attemptOf(state: RunState, id: string): number {
  const step = stepIn(state, id);
  if (step.status === 'running') return step.attempt;
  throw new OpsError(
    'conflict',
    `Step "${id}" of run ${state.run} is ${step.status}, not running.`,
    'Ask for the run’s next command.',
  );
}

/** What the approval covers: each action by the digest of its server, tool and input, and all of them in this order. */
function proposalOf(run: string, step: string, proposed: Json | undefined): Proposal | undefined {
  const actions = (Array.isArray(proposed) ? proposed : []).map(actionOf);
  if (actions.length === 0) return undefined;
  return { digest: digest([run, step, actions.map((action) => action.digest)]), actions };
}

function actionOf(value: Json): ProposedAction {
  const { server, tool, input, why } = isObject(value) ? value : {};
  const exact = { server: String(server), tool: String(tool), input: isMap(input) ? input : {} };
  return { ...exact, why: String(why), digest: digest([exact.server, exact.tool, exact.input]) };
}

function isMap(value: Json | undefined): value is Record<string, Json> {
  return isObject(value);
}
