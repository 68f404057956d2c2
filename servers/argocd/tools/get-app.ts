import { z } from 'zod';
import { count, oneLine, renderTable } from '../../../shared/kernel/text.ts';
import { adviceFor } from '../advice.ts';
import { short } from '../api.ts';
import { type App, type AppResource, describeSource, targetOf } from '../app.ts';
import { argocdTool } from '../deps.ts';
import { describeOwner, ownerOf } from '../owner.ts';
import { app } from '../params.ts';
import { readApp } from '../read-app.ts';

const MAX_ROWS = 40;

export const getApp = argocdTool({
  name: 'get_app',
  summary:
    'Show one application: source, owner, sync policy, conditions, last operation, resources; trouble first; what to do.',
  verb: 'get',
  effect: 'read',
  input: z.strictObject({ app }),
  target: ({ app }) => [targetOf(app)],
  run: async ({ app: ref }, { argocd }, signal) => {
    const app = await readApp(argocd, ref, signal);
    const owner = await ownerOf(argocd, app, signal);
    const next = adviceFor(app, owner);
    return {
      text: `${app.name}: ${app.sync}, ${app.health}.${next === undefined ? '' : ` Next: ${next}`}`,
      data: [
        ...app.sources.map((source) => `source      ${describeSource(source)}`),
        `compared    ${short(app.revision) || 'never'}`,
        `destination ${app.destination} (project ${app.project})`,
        `owner       ${describeOwner(owner)}`,
        `sync policy ${policyOf(app)}`,
        ...(app.healthMessage === '' ? [] : [`health      ${oneLine(app.healthMessage, 300)}`]),
        ...app.conditions.map(({ type, message }) => `condition   ${type}: ${oneLine(message, 400)}`),
        ...operationLines(app),
        '',
        resourceTable(app.resources),
      ].join('\n'),
    };
  },
});

function policyOf({ auto, options }: App): string {
  const mode = auto.on ? `auto-sync, prune ${onOff(auto.prune)}, self-heal ${onOff(auto.selfHeal)}` : 'manual';
  return options.length > 0 ? `${mode}; ${options.join(', ')}` : mode;
}

const onOff = (on: boolean) => (on ? 'on' : 'off');

function operationLines({ operation }: App): readonly string[] {
  if (operation === undefined) return ['operation   none so far'];
  const { phase, revision, by, startedAt, finishedAt, retries, message } = operation;
  const when = finishedAt ? `finished ${finishedAt}` : startedAt ? `started ${startedAt}` : 'not started';
  const again = retries > 0 ? `, ${count(retries, 'retry', 'retries')}` : '';
  return [`operation   ${phase} at ${short(revision)} by ${by}, ${when}${again}: ${oneLine(message, 400)}`];
}

function resourceTable(resources: readonly AppResource[]): string {
  const sorted = [...resources].sort((a, b) => rank(a) - rank(b) || a.wave - b.wave);
  const rows = sorted
    .slice(0, MAX_ROWS)
    .map((resource) => [
      `${resource.kind}/${resource.name}`,
      resource.namespace || '-',
      resource.hook ? 'hook' : resource.prune ? `${resource.sync} (to prune)` : resource.sync || '-',
      resource.health || '-',
      String(resource.wave),
      oneLine(resource.message, 120),
    ]);
  const more =
    sorted.length > MAX_ROWS
      ? `\n(${sorted.length - MAX_ROWS} more, all of them ${rank(sorted[MAX_ROWS]) === 2 ? 'fine' : 'in trouble, too'})`
      : '';
  return `${renderTable(['RESOURCE', 'NAMESPACE', 'SYNC', 'HEALTH', 'WAVE', 'MESSAGE'], rows)}${more}`;
}

/** Unhealthy first, then what is out of sync. */
function rank(resource: AppResource | undefined): number {
  if (resource === undefined) return 2;
  if (!['', 'Healthy', 'Suspended'].includes(resource.health)) return 0;
  return resource.sync === 'OutOfSync' || resource.prune ? 1 : 2;
}
