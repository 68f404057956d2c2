import { installedWorkflows } from '../config/workflows.ts';
import { asCall } from '../drive/proposal.ts';
import { approvalKey } from '../gate/ask.ts';
import type { ApprovedCall, Call, Caller, RunStep } from '../gate/call.ts';
import type { Clock } from '../kernel/clock.ts';
import { digest } from '../kernel/digest.ts';
import { OpsError } from '../kernel/errors.ts';
import type { Paths } from '../kernel/paths.ts';
import { parseRunAutonomy } from '../policy/policy.ts';
import { MAIN } from '../policy/scope.ts';
import { confirmingChanges } from '../policy/step-autonomy.ts';
import type { Workflow } from '../workflow/definition.ts';
import { type Duty, dutyOf } from '../workflow/duty.ts';
import type { RunEvent } from '../workflow/events.ts';
import type { Runs } from '../workflow/runs.ts';
import { type RunState, replay } from '../workflow/state.ts';

interface Search {
  readonly candidates: readonly string[];
  readonly call: Call;
  readonly caller: Caller;
  readonly runs: Runs;
  readonly paths: Paths;
  readonly clock: Clock;
}

/** The orchestrator may be the main thread of a chat. */
const ORCHESTRATORS = [MAIN, 'k8s-orchestrator'];

/** The one step of these runs that the call belongs to. An ended run, and one whose file has changed, has none. */
export async function findRunStep(search: Search): Promise<RunStep | undefined> {
  const { candidates, call, caller, runs, paths, clock } = search;
  const { workflows } = await installedWorkflows(paths);
  const histories = await Promise.all(candidates.map((run) => runs.history(run)));
  const duties = histories.flatMap((events) => {
    const state = replay(events);
    if (state === undefined) return [];
    const workflow = workflows.get(state.workflow);
    const duty = workflow && dutyOf(workflow, state, clock.now());
    return workflow && duty && isFor(duty, call, caller) ? [{ state, workflow, duty, events }] : [];
  });
  const found = duties.find(({ duty }) => duty.kind === 'action') ?? duties[0];
  if (found === undefined) return undefined;
  if (found.duty.kind === 'step' && duties.length > 1) {
    throw new OpsError(
      'conflict',
      `${duties.length} runs of this session have a step for ${found.duty.agent} now: ${duties.map(({ state }) => state.run).join(', ')}.`,
      'Bring one of them to its end first, or cancel it.',
    );
  }
  return stepOf(runs, found);
}

function isFor(duty: Duty, call: Call, { agent }: Caller): boolean {
  if (duty.kind === 'action') return duty.digest === digest([call.server, call.tool, call.given ?? call.input]);
  if (agent === undefined) return false;
  return duty.agent === agent || (ORCHESTRATORS.includes(duty.agent) && ORCHESTRATORS.includes(agent));
}

interface Found {
  readonly state: RunState;
  readonly workflow: Workflow;
  readonly duty: Duty;
  readonly events: readonly RunEvent[];
}

function stepOf(runs: Runs, { state, workflow, duty, events }: Found): RunStep {
  const autonomy = parseRunAutonomy(state.run, workflow.autonomy);
  const common = { workflow: workflow.name, step: duty.step };
  if (duty.kind === 'action') return { ...autonomy, ...common, approved: approvedCall(runs, state, duty, events) };
  const { confirm, tools } = duty;
  return { ...(confirm ? confirmingChanges(autonomy) : autonomy), ...common, ...(tools && { tools }) };
}

/** Events after which it is an action's turn. */
const TURNS: readonly RunEvent['type'][] = ['proposal-settled', 'action-finished'];

function approvedCall(
  runs: Runs,
  { run, steps }: RunState,
  { step, index, approval }: Extract<Duty, { kind: 'action' }>,
  events: readonly RunEvent[],
): ApprovedCall {
  const current = steps[step];
  const proposal = current?.status === 'executing' ? current.proposal : undefined;
  return {
    approval,
    key: proposal && approvalKey(asCall({ kind: 'ask-person', step, proposal }, run), run),
    since: events.findLast((event) => TURNS.includes(event.type) && 'step' in event && event.step === step)?.at ?? 0,
    begin: async () => {
      try {
        await runs.record(run, (_state, at) => ({ type: 'action-started', at, step, index }));
        return true;
      } catch (error) {
        if (error instanceof OpsError && error.code === 'conflict') return false;
        throw error;
      }
    },
    end: async (status, message) => {
      await runs.record(run, (_state, at) => ({ type: 'action-finished', at, step, index, status, message }));
    },
  };
}
