import { KNOWN_TOOLS } from '../../shared/config/workflows.ts';
import { changedBy, type Place } from '../../shared/drive/forward.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { checkAnswer } from '../../shared/workflow/answers.ts';
import type { Command } from '../../shared/workflow/command.ts';
import { next } from '../../shared/workflow/engine.ts';
import type { RunEvent } from '../../shared/workflow/events.ts';
import { failedEvent, finishedEvent } from '../../shared/workflow/outcomes.ts';
import type { RunState } from '../../shared/workflow/state.ts';
import type { AgentOutcome } from '../agent/agents.ts';
import type { CrewDeps } from './deps.ts';

/** A place whose step this daemon has begun. */
export interface Begun extends Place {
  readonly command: Extract<Command, { kind: 'await-step' }>;
}

/**
 * What came of an attempt, made for whatever state the run is in by then. `isUnwanted`: its agent was stopped since the
 * run wants it no longer; why is for the engine to say. Making it throws an `OpsError` (`conflict`) where the attempt is
 * this daemon's no more: another one has taken the run over, and its answer counts.
 */
export async function eventFor(deps: CrewDeps, place: Begun, outcome: AgentOutcome, isUnwanted: boolean) {
  const { usage, transcript } = outcome;
  const { step } = place.command;
  const byAgent = { ...(usage && { usage }), ...(transcript !== undefined && { transcript }) };
  const changed = await changedBy(deps.drive, place, step);
  const workflow = (await deps.drive.catalog()).workflows.get(place.workflow.name) ?? place.workflow;
  const checked = outcome.kind === 'answered' ? check(place, step, outcome.answer) : outcome;
  return (state: RunState, at: number): RunEvent => {
    demandOurs(state, place.command, deps.owner);
    if (checked.kind === 'answered')
      return { ...finishedEvent(place.workflow, state, step, checked.answer, at), changed, ...byAgent };
    const reason = isUnwanted ? stopReason(next(workflow, state, at)) : checked.reason;
    return { ...failedEvent(place.workflow, state, step, { reason, changed }, at), ...byAgent };
  };
}

function demandOurs({ run, steps }: RunState, { step, attempt }: Begun['command'], owner: string): void {
  const current = steps[step];
  if (current?.status === 'running' && current.by === owner && current.attempt === attempt) return;
  throw new OpsError(
    'conflict',
    `Attempt ${attempt} of ${step} in ${run} is over.`,
    'Go on from the state of the run.',
  );
}

function stopReason(command: Command): string {
  if (command.kind === 'abort-step') return command.reason;
  throw new OpsError('conflict', 'The run wants again what it did not want.', 'Go on from the state of the run.');
}

function check({ workflow }: Place, id: string, answer: Extract<AgentOutcome, { kind: 'answered' }>['answer']) {
  const step = workflow.steps.find((candidate) => candidate.id === id);
  const checked = step?.kind === 'work' ? checkAnswer(step, answer, KNOWN_TOOLS) : undefined;
  if (checked?.ok) return { kind: 'answered', answer: checked.answer } as const;
  return {
    kind: 'failed',
    reason: `the answer does not fit: ${checked?.missing.join('; ') ?? 'no such step'}`,
  } as const;
}
