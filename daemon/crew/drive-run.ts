import { forward, type Place } from '../../shared/drive/forward.ts';
import { messageOf, OpsError } from '../../shared/kernel/errors.ts';
import { isEnded, type RunState } from '../../shared/workflow/state.ts';
import type { RunInHand } from '../view.ts';
import { carryOut } from './action.ts';
import type { CrewDeps } from './deps.ts';
import { seeWhetherItHelped } from './helped.ts';
import { waitForPerson, withdrawAll } from './person.ts';
import { doStep, loseStep, refuseStep } from './step.ts';

type Doing = RunInHand['doing'];

export interface Driving {
  readonly deps: CrewDeps;
  readonly run: string;
  /** Nothing new is begun, and nothing is waited for. */
  readonly closing: AbortSignal;
  /** What has been begun ends, too. It implies `closing`. */
  readonly stop: AbortSignal;
  /** What is done now, for whoever looks. */
  readonly now: (workflow: string, doing: Doing, step?: string) => void;
  /** Lets only so many agents work at a time. */
  readonly atATime: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Milliseconds between looks at what others have to do first, and after a failure at the most. */
const LOOK = 5_000;
const LONGEST = 60_000;

/** Drives a run until it has ended, or until it is told to stop. Every failure but that of the run is tried again. */
export async function driveRun(driving: Driving): Promise<void> {
  const { deps, run, closing, stop } = driving;
  let failures = 0;
  let said: string | undefined;
  while (!stop.aborted) {
    try {
      if (await goOrEnd(driving)) return;
      failures = 0;
      said = undefined;
    } catch (error) {
      if (closing.aborted) return;
      failures += 1;
      // Somebody else has recorded something meanwhile: the run is read again at once.
      if (error instanceof OpsError && error.code === 'conflict' && failures < 4) continue;
      // One line an outage.
      if (said !== messageOf(error)) deps.log(`run ${run} cannot go on; it is tried again`, error);
      said = messageOf(error);
      await deps.sleep(Math.min(LOOK * 2 ** (failures - 1), LONGEST), closing);
    }
  }
}

/** As `go`. Without its file a run has no next step: it ends. */
async function goOrEnd(driving: Driving): Promise<boolean> {
  const { deps, run, closing } = driving;
  try {
    return await go(driving);
  } catch (error) {
    if (closing.aborted || !(error instanceof OpsError) || error.code !== 'not_found') throw error;
    const state = await deps.runs.find(run);
    if (state === undefined || (await deps.drive.catalog()).workflows.has(state.workflow)) throw error;
    if (isEnded(state)) return conclude(deps, state);
    const reason = messageOf(error);
    await deps.runs.record(run, ({ outputs }, at) => ({ type: 'ended', at, status: 'failed', reason, outputs }));
    return false;
  }
}

async function conclude(deps: CrewDeps, state: RunState): Promise<true> {
  await withdrawAll(deps, state.run, 'its run has ended');
  await deps.ended(state);
  return true;
}

/** One thing after the other; true at the end of the run, and where something would have to be begun after `closing`. */
async function go(driving: Driving): Promise<boolean> {
  const { deps, run, closing, stop, now } = driving;
  const place = await forward(deps.drive, run);
  const { state, command, locked, workflow } = place;
  if (isEnded(state)) return conclude(deps, state);
  if (closing.aborted) return true;
  const doing = (what: Doing, step?: string) => now(workflow.name, what, step);
  if (locked) return pause(deps, closing, () => doing('lock'));
  switch (command.kind) {
    case 'run-step':
      await begin(driving, command.request.step, doing);
      return false;
    case 'await-step':
      if (isDaemons(place, command.step)) await loseStep(deps, place, command.step);
      else await pause(deps, closing, () => doing('agent', command.step));
      return false;
    case 'ask-person':
    case 'ask-outcome':
      doing('person', command.step);
      await waitForPerson(deps, place, closing);
      return false;
    case 'execute':
      doing('action', command.step);
      await carryOut(deps, place, command, stop);
      return false;
    case 'verify':
      doing('verify');
      await seeWhetherItHelped(deps, place, command.changedAt, closing);
      return false;
    case 'wait':
      doing('pause');
      await deps.sleep(Math.min(command.until - deps.clock.now(), LONGEST), closing);
      return false;
    default:
      return pause(deps, closing, () => doing('action'));
  }
}

/** An agent’s step, when it is its turn. */
async function begin(
  { deps, run, closing, stop, atATime }: Driving,
  step: string,
  doing: (what: Doing, step: string) => void,
) {
  const { agents, problem, sleep, drive } = deps;
  const missing = await agents.missing();
  problem('credentials', missing);
  if (missing !== undefined) {
    doing('credentials', step);
    return sleep(LONGEST / 2, closing);
  }
  doing('pause', step);
  await atATime(async () => {
    if (closing.aborted) return;
    // It may have waited long for its turn.
    const place = await forward(drive, run);
    if (place.command.kind !== 'run-step') return;
    const { request } = place.command;
    const reserved = await deps.spending.reserve({ run, spentByRun: place.state.costUsd });
    problem('budget', reserved.kind === 'refused' && reserved.of === 'day' ? reserved.why : undefined);
    if (reserved.kind === 'reserved') {
      doing('agent', step);
      return doStep(deps, place, request, reserved, stop);
    }
    if (reserved.retryAt === undefined) return refuseStep(deps, place, request, reserved.why);
    await sleep(Math.min(reserved.retryAt - deps.clock.now(), LONGEST), closing);
  });
}

async function pause({ sleep }: CrewDeps, signal: AbortSignal, tell: () => void): Promise<false> {
  tell();
  await sleep(LOOK, signal);
  return false;
}

/** An attempt that a chat has begun is the chat’s; every other is one of a daemon that had this run before us. */
function isDaemons({ state }: Place, step: string): boolean {
  const current = state.steps[step];
  return current?.status === 'running' && current.by !== undefined;
}
