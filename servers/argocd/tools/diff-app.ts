import { z } from 'zod';
import { lineCount } from '../../../shared/kernel/line-diff.ts';
import { count, oneLine } from '../../../shared/kernel/text.ts';
import { short } from '../api.ts';
import { type App, describeResource, targetOf } from '../app.ts';
import { argocdTool } from '../deps.ts';
import { app, resource } from '../params.ts';
import { readApp } from '../read-app.ts';
import { choose, diffOf, type Managed, managedResources } from '../resources.ts';

/** Characters of diffs in an answer that names no resource, about 2,000 tokens. */
const SHOWN = 7_000;

export const diffApp = argocdTool({
  name: 'diff_app',
  summary: 'Show how what runs differs from Git, resource by resource (- runs, + Git). Secret values are masked.',
  verb: 'diff',
  effect: 'read',
  input: z.strictObject({ app, resource: resource.optional().describe('Only this, whole.') }),
  target: ({ app }) => [targetOf(app)],
  run: async ({ app: ref, resource }, { argocd }, signal) => {
    const app = await readApp(argocd, ref, signal, 'normal');
    const managed = await managedResources(argocd, ref, signal);
    const chosen = resource === undefined ? managed : choose(managed, resource);
    const differing = chosen.filter(({ outcome }) => outcome !== 'same');
    const head = `${app.name} at ${short(app.revision)}: ${
      differing.length === 0
        ? `nothing differs (${app.sync})`
        : `${differing.length} of ${count(chosen.length, 'resource')} differ`
    }.`;
    const text = [head, ...stale(app)].join(' ');
    if (differing.length === 0) return { text };
    return { text, data: shorten(differing.map(describe), resource === undefined ? SHOWN : Number.POSITIVE_INFINITY) };
  },
});

/** Where the comparison failed, Argo CD still answers with an older one. */
function stale({ conditions }: App): readonly string[] {
  const broken = conditions.find(({ type }) => type === 'ComparisonError');
  return broken === undefined
    ? []
    : [`This is of an older comparison; the last failed: ${oneLine(broken.message, 300)}`];
}

const ONLY = { create: ' (only in Git)', prune: ' (no longer in Git)', change: '', same: '' };

function describe(resource: Managed): readonly [string, string] {
  const diff = diffOf(resource);
  return [`${describeResource(resource)}${ONLY[resource.outcome]}: ${lineCount(diff)}`, diff.text];
}

/** Every resource is named; diffs are shown as long as there is room. */
function shorten(parts: readonly (readonly [string, string])[], max: number): string {
  let room = max;
  return parts
    .map(([head, diff]) => {
      room -= diff.length;
      return room >= 0 ? `${head}\n${diff}` : `${head} (give it as resource to see it)`;
    })
    .join('\n');
}
