import { z } from 'zod';
import { lineCount } from '../../../shared/kernel/line-diff.ts';
import { count } from '../../../shared/kernel/text.ts';
import { short } from '../api.ts';
import { describeResource, readApp, targetOf } from '../app.ts';
import { argocdTool } from '../deps.ts';
import { app } from '../params.ts';
import { diffOf, managedResources } from '../resources.ts';

export const diffApp = argocdTool({
  name: 'diff_app',
  summary: 'Show how what runs differs from Git, resource by resource (- runs, + Git). Secret values are masked.',
  verb: 'diff',
  effect: 'read',
  input: z.strictObject({ app }),
  target: ({ app }) => [targetOf(app)],
  run: async ({ app: ref }, { argocd }, signal) => {
    const app = await readApp(argocd, ref, signal, 'normal');
    const resources = await managedResources(argocd, ref, signal);
    const differing = resources.filter(({ outcome }) => !['same', 'hook'].includes(outcome));
    const at = `${app.name} at ${short(app.revision)}`;
    if (differing.length === 0) return { text: `${at}: nothing differs (${app.sync}).` };
    const parts = differing.map((resource) => {
      const diff = diffOf(resource);
      const only =
        resource.outcome === 'create' ? ' (only in Git)' : resource.outcome === 'prune' ? ' (no longer in Git)' : '';
      return `${describeResource(resource)}${only}: ${lineCount(diff)}\n${diff.text}`;
    });
    return {
      text: `${at}: ${count(differing.length, 'resource')} of ${resources.length} differ.`,
      data: parts.join('\n'),
    };
  },
});
