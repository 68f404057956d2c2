import { KNOWN_TOOLS } from '../../shared/config/workflows.ts';
import { changedBy, type Place } from '../../shared/drive/forward.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { checkAnswer } from '../../shared/workflow/answers.ts';
import type { StepRequest } from '../../shared/workflow/command.ts';
import type { RunEvent } from '../../shared/workflow/events.ts';
import { failedEvent, finishedEvent } from '../../shared/workflow/outcomes.ts';
import type { AgentOutcome } from '../agent/agents.ts';
import type { Reservation } from '../spending/spending.ts';
import type { CrewDeps } from './deps.ts';
import { whileWanted } from './unwanted.ts';

/** Lets an agent do a step, and stores what came of it. `signal` ends it: then the step is left to whoever comes next. */
export async function doStep(
  deps: CrewDeps,
  place: Place,
  request: StepRequest,
  reserved: Reservation,
  signal: AbortSignal,
): Promise<void> {
  const { runs, agents, owner, config, tell } = deps;
  const { run, workflow } = place.state;
  const { step, attempt, timeoutMs } = request;
  const begin = (_: unknown, at: number) =>
    ({ type: 'step-started', at, step, attempt, deadline: at + timeoutMs, by: owner }) as const;
  const begun = await runs.record(run, begin).catch(async (error: unknown) => {
    await reserved.settle(0);
    throw error;
  });
  tell({ level: 'info', run, text: `${workflow}: ${step} begins (${request.agent}, ${request.model})` });
  const asked: Place = { ...place, state: begun, command: { kind: 'await-step', step, attempt, deadline: 0 } };
  const task = { run, workflow, request, budgetUsd: reserved.budgetUsd, maxTurns: config.max_turns };
  let unwanted = false;
  const outcome = await whileWanted(deps, asked, signal, async (wanted) => {
    const said = await agents.run(task, wanted);
    unwanted = wanted.aborted;
    return said;
  });
  const state = await untilStored(deps, signal, async () => {
    await reserved.settle(outcome.usage?.costUsd);
    return signal.aborted || unwanted ? undefined : runs.record(run, await eventFor(deps, asked, step, outcome));
  });
  if (state === undefined) return;
  if (state.changedAt !== begun.changedAt) await deps.changed(state);
  tell({ level: outcome.kind === 'answered' ? 'info' : 'warn', run, text: `${workflow}: ${step} ${toldOf(outcome)}` });
}

/** Milliseconds between tries to store something at a dashboard that is away. */
const AWAY = 5_000;

/** What an agent has done is not lost, and not paid for twice, because the dashboard is away when it has done it. */
async function untilStored<T>({ sleep, log }: CrewDeps, signal: AbortSignal, store: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await store();
    } catch (error) {
      const isAway = error instanceof OpsError && ['unreachable', 'timeout', 'store_unavailable'].includes(error.code);
      if (!isAway || signal.aborted) throw error;
      if (tries === 0) log('what an agent has answered cannot be stored yet; it is tried again', error);
      await sleep(AWAY, signal);
    }
  }
}

/** What came of an attempt, made for whatever state the run is in by then. */
async function eventFor(deps: CrewDeps, place: Place, step: string, outcome: AgentOutcome) {
  const { usage, transcript } = outcome;
  const byAgent = { ...(usage && { usage }), ...(transcript !== undefined && { transcript }) };
  const changed = await changedBy(deps.drive, place, step);
  const checked = outcome.kind === 'answered' ? check(place, step, outcome.answer) : outcome;
  return (state: Place['state'], at: number): RunEvent =>
    checked.kind === 'answered'
      ? { ...finishedEvent(place.workflow, state, step, checked.answer, at), changed, ...byAgent }
      : { ...failedEvent(place.workflow, state, step, { reason: checked.reason, changed }, at), ...byAgent };
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

/** A step for which the run has no money left has failed, and is not tried again. */
export async function refuseStep(
  { runs, owner }: CrewDeps,
  { workflow, state: { run } }: Place,
  request: StepRequest,
  why: OpsError,
): Promise<void> {
  const { step, attempt } = request;
  await runs.record(run, (_, at) => ({ type: 'step-started', at, step, attempt, deadline: at, by: owner }));
  await runs.record(run, (state, at) => {
    const failure = { reason: `${why.message} ${why.hint}`, changed: 'nothing' } as const;
    const { retryAt: _, ...event } = failedEvent(workflow, state, step, failure, at);
    return event;
  });
}

function toldOf(outcome: AgentOutcome): string {
  const cost = outcome.usage === undefined ? '' : ` ($${outcome.usage.costUsd.toFixed(2)})`;
  return outcome.kind === 'answered' ? `answered${cost}` : `failed${cost}: ${outcome.reason}`;
}

/**
 * A step whose daemon is gone. What has changed nothing is begun anew, however often the file lets it fail: it has not
 * failed. What may have changed something is not.
 */
export async function loseStep(deps: CrewDeps, place: Place, step: string): Promise<void> {
  const changed = await changedBy(deps.drive, place, step);
  const reason = 'the daemon that ran it is gone';
  await deps.runs.record(place.state.run, (state, at) => ({
    ...failedEvent(place.workflow, state, step, { reason, changed }, at),
    ...(changed === 'nothing' && lostBefore(state, step) < LOSSES && { retryAt: at }),
  }));
}

/** Attempts that may be lost: a step that brings its daemon down each time must not do so for ever. */
const LOSSES = 5;

function lostBefore({ steps }: Place['state'], step: string): number {
  const current = steps[step];
  return current?.status === 'running' ? current.attempt - 1 : 0;
}
