import { z } from 'zod';
import { workflowIn } from '../../../shared/config/workflows.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { oncePerCallWith } from '../../../shared/tool/once-per-call.ts';
import type { Workflow } from '../../../shared/workflow/definition.ts';
import { resolveInputs } from '../../../shared/workflow/inputs.ts';
import { failedEvent } from '../../../shared/workflow/outcomes.ts';
import type { RunState } from '../../../shared/workflow/state.ts';
import { isEnded } from '../../../shared/workflow/state.ts';
import { type WorkflowsDeps, workflowsTool } from '../deps.ts';
import { describeWorkflow } from '../describe.ts';
import { drive } from '../drive.ts';
import { instruction } from '../instruction.ts';
import { run, WORKFLOW, why, workflow } from '../params.ts';

const input = z.strictObject({
  workflow: workflow.optional().describe('Workflow to start, or'),
  run: run.optional().describe('a run to take up that was started elsewhere.'),
  inputs: z.record(z.string(), z.json()).default({}).describe('Its inputs, as show lists them.'),
  why,
});

/** What would be started: everything that can be wrong is said before a person is asked. */
const wanted = oncePerCallWith<WorkflowsDeps>()(async (given: z.output<typeof input>, deps) => {
  if ((given.workflow === undefined) === (given.run === undefined)) {
    throw new OpsError(
      'invalid_input',
      'Give a workflow or a run, not both.',
      'list names the workflows, status the runs.',
    );
  }
  const known: RunState | undefined = given.run === undefined ? undefined : await (await deps.runs()).get(given.run);
  if (known !== undefined && isEnded(known)) {
    throw new OpsError(
      'precondition_failed',
      `Run ${known.run} has ended: ${known.status}.`,
      'Start its workflow anew.',
    );
  }
  const found = workflowIn(await deps.catalog(), known?.workflow ?? given.workflow ?? '');
  if (known === undefined) resolveInputs(found.name, found.inputs, given.inputs);
  return { workflow: found, run: known?.run };
});

export const start = workflowsTool({
  name: 'start',
  verb: 'start',
  summary:
    'Starts a workflow and answers with its first instruction; do exactly that, then report_step. Asks a person first where the workflow may change things without asking.',
  effect: 'write',
  destructive: false,
  input,
  target: async (given, deps, signal) => {
    const { workflow: found } = await wanted(given, deps, signal);
    const asks = found.autonomy.auto_approve.length > 0;
    return [{ kind: WORKFLOW, name: found.name, ...(asks && { facts: { minimumTier: 'confirm' as const } }) }];
  },
  plan: async (given, deps, signal) => {
    const { workflow: found, run: known } = await wanted(given, deps, signal);
    return {
      preview: {
        change: known === undefined ? `starts ${found.name}` : `takes up run ${known}`,
        risk: riskOf(found),
        details: `${describeWorkflow(found)}\nwith inputs ${JSON.stringify(given.inputs)}`,
        seen: [found.hash, known ?? null],
      },
      run: async ({ grant }) => {
        const by = grant.session === undefined ? 'a chat' : `chat ${grant.session}`;
        const runs = await deps.runs();
        const id = known ?? (await runs.start(found, { cause: { kind: 'manual', by }, inputs: given.inputs })).run;
        if (known !== undefined && deps.sessions.of(id) !== grant.session) await lose(deps, id);
        const bound = deps.sessions.bind(grant.session, id);
        const text = instruction(await drive(deps, id));
        return { text: bound ? text : `${text}\n${UNBOUND}` };
      },
    };
  },
});

/** The session that had the run is gone: a step that has changed something by then is not handed out again. */
async function lose(deps: WorkflowsDeps, id: string): Promise<void> {
  const { command, workflow, changed = 'nothing' } = await drive(deps, id);
  if (command.kind !== 'await-step' || changed === 'nothing') return;
  const { step } = command;
  const reason = 'the session that did it is gone';
  await (await deps.runs()).record(id, (state, at) => failedEvent(workflow, state, step, { reason, changed }, at));
}

const UNBOUND =
  'Nobody wrote down which session this is (the guard hook is missing): what this workflow approves by itself asks a person nevertheless.';

function riskOf({ autonomy }: Workflow): string {
  const { auto_approve } = autonomy;
  return auto_approve.length === 0 ? 'each change is asked for' : `changes without asking: ${auto_approve.join(', ')}`;
}
