import { z } from 'zod';
import { iso } from '../../../shared/kernel/clock.ts';
import { oneLine, renderTable } from '../../../shared/kernel/text.ts';
import { workflowsTool } from '../deps.ts';
import { RUN } from '../params.ts';

export const pending = workflowsTool({
  name: 'pending',
  verb: 'list',
  summary: 'What waits for a person now, of all servers and runs.',
  effect: 'read',
  input: z.strictObject({}),
  target: () => [{ kind: RUN }],
  run: async (_input, { ports }) => {
    const waiting = await (await ports.approvals()).list({ states: ['pending'] });
    if (waiting.length === 0) return { text: 'Nothing waits for a person.' };
    const rows = waiting.map(({ id, what, agent, run, expiresAt }) => [
      id,
      oneLine(what, 70),
      agent ?? '',
      run ?? '',
      iso(expiresAt),
    ]);
    return {
      text: `${renderTable(['APPROVAL', 'WHAT', 'AGENT', 'RUN', 'EXPIRES'], rows)}\nA person answers with: k8s-agent approve ID`,
    };
  },
});
