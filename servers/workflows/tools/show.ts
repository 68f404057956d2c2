import { z } from 'zod';
import { workflowIn } from '../../../shared/config/workflows.ts';
import { workflowsTool } from '../deps.ts';
import { describeWorkflow } from '../describe.ts';
import { WORKFLOW, workflow } from '../params.ts';

export const show = workflowsTool({
  name: 'show',
  verb: 'get',
  summary: 'One workflow: inputs, steps, and what it may do without asking.',
  effect: 'read',
  input: z.strictObject({ workflow }),
  target: ({ workflow: name }) => [{ kind: WORKFLOW, name }],
  run: async ({ workflow: name }, { catalog }) => ({ text: describeWorkflow(workflowIn(await catalog(), name)) }),
});
