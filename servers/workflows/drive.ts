import { type Effects, effectsOf } from '../../shared/audit/effects.ts';
import { workflowIn } from '../../shared/config/workflows.ts';
import type { Workflow } from '../../shared/workflow/definition.ts';
import type { RunEvent } from '../../shared/workflow/events.ts';
import { failedEvent } from '../../shared/workflow/outcomes.ts';
import type { Position } from '../../shared/workflow/runs.ts';
import { isEnded } from '../../shared/workflow/state.ts';
import type { WorkflowsDeps } from './deps.ts';
import { answeredElsewhere } from './proposal.ts';

/** A run at the point where an agent or a person has to do something, or where it has ended. */
export interface Place extends Position {
  readonly workflow: Workflow;
  /** What the step that is running has changed until now. */
  readonly changed?: Effects;
}

/** Milliseconds after which an action that was begun and has no outcome is lost: the gate's deadline, and some. */
const LOST = 150_000;

/** Brings a run as far as it comes by itself. What an agent is asked to do next counts as started from here on. */
export async function drive(deps: WorkflowsDeps, run: string): Promise<Place> {
  const runs = await deps.runs();
  const workflow = workflowIn(await deps.catalog(), (await runs.get(run)).workflow);
  for (;;) {
    const place = { ...(await runs.advance(workflow, run)), workflow };
    const event = await concluded(deps, place);
    if (event === undefined) {
      if (isEnded(place.state)) deps.sessions.release(run);
      const { command } = place;
      return command.kind === 'await-step' ? { ...place, changed: changedBy(deps, place, command.step) } : place;
    }
    await runs.record(run, () => event);
  }
}

/** What can be said without an agent or a person; undefined where one of them is needed. */
async function concluded(deps: WorkflowsDeps, place: Place): Promise<RunEvent | undefined> {
  const { command, workflow, state } = place;
  const at = deps.ports.clock.now();
  switch (command.kind) {
    case 'run-step': {
      const { step, attempt, timeoutMs } = command.request;
      return { type: 'step-started', at, step, attempt, deadline: at + timeoutMs };
    }
    case 'abort-step': {
      const failure = { reason: command.reason, changed: changedBy(deps, place, command.step) };
      return failedEvent(workflow, state, command.step, failure, at);
    }
    case 'await-action': {
      const { step, index } = command;
      if (at - (await begunAt(deps, place)) < LOST) return undefined;
      const message = 'the server that executed it ended before it could say what came of it';
      return { type: 'action-finished', at, step, index, status: 'unknown', message };
    }
    default:
      return answeredElsewhere(deps, state, command);
  }
}

/** What the running attempt of a step has changed, by the audit log. */
export function changedBy({ actionLogs }: WorkflowsDeps, { state }: Place, step: string): Effects {
  const current = state.steps[step];
  if (current?.status !== 'running') return 'unknown';
  return effectsOf(actionLogs, { run: state.run, step, since: current.startedAt });
}

async function begunAt({ runs }: WorkflowsDeps, { state }: Place): Promise<number> {
  const events = await (await runs()).history(state.run);
  return events.findLast(({ type }) => type === 'action-started')?.at ?? 0;
}
