import { z } from 'zod';
import { iso } from '../../../shared/kernel/clock.ts';
import { oneLine, renderTable } from '../../../shared/kernel/text.ts';
import { workflowsTool } from '../deps.ts';
import { RUN, workflow } from '../params.ts';

/** Runs that are listed at most. */
const LIMIT = 20;

export const history = workflowsTool({
  name: 'history',
  verb: 'history',
  summary: 'The newest 20 runs, of one workflow or all, and how they ended.',
  effect: 'read',
  input: z.strictObject({ workflow: workflow.optional() }),
  target: ({ workflow: name }) => [{ kind: RUN, ...(name !== undefined && { name }) }],
  run: async ({ workflow: name }, deps) => {
    const runs = await deps.runs();
    const rows = await runs.list({ limit: LIMIT, ...(name !== undefined && { workflow: name }) });
    if (rows.length === 0) return { text: name === undefined ? 'Nothing was ever run.' : `${name} was never run.` };
    const states = await Promise.all(rows.map(({ run }) => runs.get(run)));
    const lines = states.map(({ run, workflow: of, status, createdAt, cause, reason }) => [
      run,
      of,
      status,
      iso(createdAt),
      cause.kind,
      oneLine(reason ?? '', 80),
    ]);
    return { text: renderTable(['RUN', 'WORKFLOW', 'STATUS', 'STARTED', 'CAUSE', 'REASON'], lines) };
  },
});
