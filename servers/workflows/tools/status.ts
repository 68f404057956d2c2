import { z } from 'zod';
import { workflowIn } from '../../../shared/config/workflows.ts';
import { iso } from '../../../shared/kernel/clock.ts';
import { renderTable } from '../../../shared/kernel/text.ts';
import { next } from '../../../shared/workflow/engine.ts';
import type { RunState } from '../../../shared/workflow/state.ts';
import { stepText } from '../../../shared/workflow/timeline.ts';
import { type WorkflowsDeps, workflowsTool } from '../deps.ts';
import { instruction } from '../instruction.ts';
import { RUN, run } from '../params.ts';

export const status = workflowsTool({
  name: 'status',
  verb: 'status',
  summary: 'The runs that go on; or one run with its steps and its present instruction.',
  effect: 'read',
  input: z.strictObject({ run: run.optional() }),
  target: ({ run: name }) => [{ kind: RUN, ...(name !== undefined && { name }) }],
  run: async ({ run: id }, deps) => {
    const runs = await deps.runs();
    if (id !== undefined) return { text: await oneRun(deps, await runs.get(id)) };
    const rows = await runs.list({ statuses: ['waiting', 'running'] });
    if (rows.length === 0) return { text: 'No run goes on.' };
    return {
      text: renderTable(
        ['RUN', 'WORKFLOW', 'STATUS', 'SINCE'],
        rows.map((row) => [row.run, row.workflow, row.status, iso(row.createdAt)]),
      ),
    };
  },
});

async function oneRun(deps: WorkflowsDeps, state: RunState): Promise<string> {
  const steps = Object.entries(state.steps).map(([id, step]) => `- ${id}: ${stepText(step)}`);
  const workflow = workflowIn(await deps.catalog(), state.workflow);
  const command = next(workflow, state, deps.ports.clock.now());
  return [
    `Run ${state.run} of ${state.workflow}: ${state.status}, started ${iso(state.createdAt)} by ${state.cause.by}.`,
    ...steps,
    '',
    instruction({ workflow, state, command }),
  ].join('\n');
}
