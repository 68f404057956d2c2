import { askPerson } from '../../shared/drive/question.ts';
import { stringAt } from '../../shared/kernel/json.ts';
import { createToolset, type Toolset } from '../../shared/tool/toolset.ts';
import type { WorkflowsDeps } from './deps.ts';
import { drive } from './drive.ts';
import { instruction } from './instruction.ts';
import { cancel } from './tools/cancel.ts';
import { history } from './tools/history.ts';
import { list } from './tools/list.ts';
import { pending } from './tools/pending.ts';
import { reportStep } from './tools/report-step.ts';
import { show } from './tools/show.ts';
import { start } from './tools/start.ts';
import { status } from './tools/status.ts';

export const TOOLS = [cancel, history, list, pending, reportStep, show, start, status];

const INSTRUCTIONS = `Runs workflows. start answers with an instruction: which agent does the step, with which model and prompt, and the schema of its answer. \
Do exactly that, hand the answer in with report_step, and go on until the run has ended. Conditions, branches and confirmations are decided here, never by you.`;

export function workflowsToolset(deps: WorkflowsDeps): Toolset {
  const toolset = createToolset({
    server: 'workflows',
    instructions: INSTRUCTIONS,
    tools: TOOLS,
    deps,
    ports: deps.ports,
  });
  return {
    ...toolset,
    call: async (name, raw, caller) => {
      const verdict = await toolset.call(name, raw, caller);
      const run = name === reportStep.name ? stringAt(raw, 'run') : undefined;
      if (run === undefined || verdict.kind === 'ask' || verdict.isError) return verdict;
      // The step is recorded; where the run needs a person next, the same call asks. Called again, it finds the same question.
      const next = async () => instruction(await drive(deps, run));
      const asked = await askPerson(deps, await drive(deps, run), caller, next);
      return asked ?? verdict;
    },
  };
}
