import { z } from 'zod';
import { oneLine, renderTable } from '../../../shared/kernel/text.ts';
import { triggerText } from '../../../shared/workflow/triggers.ts';
import { workflowsTool } from '../deps.ts';
import { WORKFLOW } from '../params.ts';

export const list = workflowsTool({
  name: 'list',
  verb: 'list',
  summary: 'The workflows of this machine: name, triggers, what each is for.',
  effect: 'read',
  input: z.strictObject({}),
  target: () => [{ kind: WORKFLOW }],
  run: async (_input, { catalog }) => {
    const { workflows, problems } = await catalog();
    const rows = [...workflows.values()].map(({ name, triggers, description, title }) => [
      name,
      triggers.map(triggerText).join(', '),
      oneLine(description ?? title ?? '', 100),
    ]);
    const broken = new Set(problems.map(({ file }) => file));
    return {
      text: [
        renderTable(
          ['NAME', 'TRIGGERS', 'FOR'],
          rows.sort(([a = ''], [b = '']) => a.localeCompare(b)),
        ),
        ...(broken.size > 0
          ? [`Cannot be used: ${[...broken].join(', ')}. A person runs: k8s-agent workflow validate`]
          : []),
      ].join('\n'),
    };
  },
});
