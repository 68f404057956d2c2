import { changedBy, type Place } from '../../shared/drive/forward.ts';
import { type ErrorCode, OpsError } from '../../shared/kernel/errors.ts';
import type { StepRequest } from '../../shared/workflow/command.ts';
import { failedEvent } from '../../shared/workflow/outcomes.ts';
import type { AgentOutcome } from '../agent/agents.ts';
import type { Reservation } from '../spending/spending.ts';
import type { CrewDeps } from './deps.ts';
import { type Begun, eventFor } from './outcome.ts';
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
  const asked: Begun = { ...place, state: begun, command: { kind: 'await-step', step, attempt, deadline: 0 } };
  const task = { run, workflow, request, budgetUsd: reserved.budgetUsd, maxTurns: config.max_turns };
  let isUnwanted = false;
  const outcome = await whileWanted(deps, asked, signal, async (wanted) => {
    const said = await agents.run(task, wanted);
    isUnwanted = wanted.aborted;
    return said;
  });
  if (signal.aborted) return leave(reserved, outcome);
  const stored = untilStored(deps, signal, async () =>
    runs.record(run, await eventFor(deps, asked, outcome, isUnwanted)),
  );
  const state = await stored.catch(async (error: unknown) => {
    await leave(reserved, outcome);
    throw error;
  });
  await untilStored(deps, signal, () => reserved.settle(outcome.usage?.costUsd));
  if (state.changedAt !== begun.changedAt) await deps.changed(state);
  tell({ level: outcome.kind === 'answered' ? 'info' : 'warn', run, text: `${workflow}: ${step} ${toldOf(outcome)}` });
}

/** Nobody is told in the run what it took. */
async function leave(reserved: Reservation, { usage }: AgentOutcome): Promise<void> {
  if (usage !== undefined) await reserved.leave(usage.costUsd);
}

/** What no second try changes: the store has understood, and says no. */
const DEFINITE: readonly ErrorCode[] = ['conflict', 'invalid_input', 'not_found', 'precondition_failed', 'too_large'];

/** Milliseconds between tries to store something at a dashboard that is away. */
const AWAY = 5_000;

/** What an agent has done is not lost, and not paid for twice, because the dashboard is away when it has done it. */
async function untilStored<T>({ sleep, log }: CrewDeps, signal: AbortSignal, store: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await store();
    } catch (error) {
      if (!(error instanceof OpsError) || DEFINITE.includes(error.code) || signal.aborted) throw error;
      if (tries === 0) log('what an agent has answered cannot be stored yet; it is tried again', error);
      await sleep(AWAY, signal);
    }
  }
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
