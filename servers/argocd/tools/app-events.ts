import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import type { Rest } from '../../../shared/http/rest.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { arrayAt, numberAt, stringAt } from '../../../shared/kernel/json.ts';
import { count, oneLine, renderTable } from '../../../shared/kernel/text.ts';
import { type AppRef, targetOf } from '../app.ts';
import { argocdTool } from '../deps.ts';
import { app, resource } from '../params.ts';
import { readApp } from '../read-app.ts';

const SHOWN = 30;

export const appEvents = argocdTool({
  name: 'app_events',
  summary: 'List events of the application or of one resource of it, the newest first.',
  verb: 'events',
  effect: 'read',
  input: z.strictObject({ app, resource: resource.optional().describe('As Pod/x.') }),
  target: ({ app }) => [targetOf(app)],
  run: async ({ app, resource }, { argocd }, signal) => {
    // Of an application that is not there the events are forbidden, which would say nothing.
    await readApp(argocd, app, signal);
    const read = {
      path: path`/api/v1/applications/${app.name}/events`,
      query: { appNamespace: app.namespace, ...(resource && (await findIn(argocd, app, resource, signal))) },
      what: `events of ${app.name}`,
    };
    const events = arrayAt(await argocd.get(read, signal), 'items').map((event) => ({
      at: stringAt(event, 'lastTimestamp') || stringAt(event, 'eventTime') || '',
      event,
    }));
    const rows = events
      .sort((a, b) => b.at.localeCompare(a.at))
      .slice(0, SHOWN)
      .map(({ at, event }) => [
        at,
        stringAt(event, 'type') ?? '',
        stringAt(event, 'reason') ?? '',
        String(numberAt(event, 'count') ?? 1),
        oneLine(stringAt(event, 'message') ?? '', 300),
      ]);
    const text = `${count(events.length, 'event')}${events.length > SHOWN ? `, the last ${SHOWN} are shown` : ''}.`;
    return rows.length === 0
      ? { text }
      : { text, data: renderTable(['LAST', 'TYPE', 'REASON', 'COUNT', 'MESSAGE'], rows) };
  },
});

/** Argo CD wants a resource by its UID, which its tree knows, of pods too. */
async function findIn(argocd: Rest, { name, namespace }: AppRef, wanted: string, signal: AbortSignal) {
  const read = {
    path: path`/api/v1/applications/${name}/resource-tree`,
    query: { appNamespace: namespace },
    what: `resources of ${name}`,
  };
  const nodes = arrayAt(await argocd.get(read, signal), 'nodes').map((node) => ({
    operand: [stringAt(node, 'group'), stringAt(node, 'kind'), stringAt(node, 'name')].filter(Boolean).join('/'),
    query: {
      resourceName: stringAt(node, 'name'),
      resourceNamespace: stringAt(node, 'namespace'),
      resourceUID: stringAt(node, 'uid'),
    },
  }));
  const found = nodes.find(({ operand }) => operand === wanted);
  if (found !== undefined) return found.query;
  const known = nodes.map(({ operand }) => operand).slice(0, 30);
  throw new OpsError('not_found', `${name} has no ${wanted}.`, `It has: ${known.join(', ')}.`);
}
