import { z } from 'zod';
import { schemaOf } from '../../../shared/cluster/openapi.ts';
import { kubectlTool } from '../deps.ts';
import { first, SHORT } from '../fit.ts';
import { targetOf } from '../locate.ts';
import { kind, text } from '../params.ts';
import { explainField, fieldAt } from '../schema-text.ts';

export const explain = kubectlTool({
  name: 'explain',
  summary: 'What a kind or one of its fields means: type, description, fields. Custom resources too.',
  verb: 'explain',
  effect: 'read',
  input: z.strictObject({
    kind,
    path: text(500).optional().describe('Field: spec.template.spec.containers.'),
  }),
  target: async ({ kind }, { cluster }, signal) => [targetOf({ resource: await cluster.resolve(kind, signal) })],
  run: async ({ kind, path }, { cluster }, signal) => {
    const resource = await cluster.resolve(kind, signal);
    const schema = await schemaOf(cluster, resource, signal);
    const steps = (path ?? '')
      .replaceAll(/\[\w*\]/g, '')
      .split('.')
      .filter((step) => step !== '');
    const lines = explainField(schema, fieldAt(schema, steps));
    const shown = first(lines, SHORT);
    const cut = shown.length < lines.length ? ` ${lines.length - shown.length} fields are cut: name one by path.` : '';
    const apiVersion = [resource.group, resource.version].filter((part) => part !== '').join('/');
    const what = [resource.kind, ...steps].join('.');
    return { text: `${what} (${apiVersion}).${cut}`, data: shown.join('\n') };
  },
});
