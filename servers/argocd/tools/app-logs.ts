import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { at, parseJson, stringAt } from '../../../shared/kernel/json.ts';
import { count } from '../../../shared/kernel/text.ts';
import { targetOf } from '../app.ts';
import { argocdTool } from '../deps.ts';
import { app, resource, resourceName, text } from '../params.ts';
import { readApp } from '../read-app.ts';

const MAX_BYTES = 2_000_000;

export const appLogs = argocdTool({
  name: 'app_logs',
  summary: "Read the newest log lines of an application's pods.",
  verb: 'logs',
  effect: 'read',
  input: z.strictObject({
    app,
    resource: resource.optional().describe('Only of apps/Deployment/web, Pod/x.'),
    container: resourceName.optional().describe('Container.'),
    lines: z.int().min(1).max(500).default(50).describe('Lines a pod.'),
    filter: text(200).optional().describe('Only lines with this text.'),
    previous: z.boolean().default(false).describe('Of the run before the last restart.'),
  }),
  target: ({ app }) => [targetOf(app)],
  run: async ({ app: ref, resource, container, lines, filter, previous }, { argocd }, signal) => {
    const app = await readApp(argocd, ref, signal);
    const [resourceOf = '', kind = '', group = ''] = resource?.split('/').reverse() ?? [];
    const found = app.resources.find((one) => one.kind === kind && one.group === group && one.name === resourceOf);
    // Pods are made by what the application lists, and stand in no list of it.
    const pod = found === undefined && kind === 'Pod' && group === '' ? { podName: resourceOf } : undefined;
    if (resource !== undefined && found === undefined && pod === undefined) {
      const known = app.resources.map((one) => [one.group, one.kind, one.name].filter(Boolean).join('/'));
      throw new OpsError('not_found', `${ref.name} has no ${resource}.`, `It has: ${known.slice(0, 20).join(', ')}.`);
    }
    const query = {
      appNamespace: ref.namespace,
      tailLines: lines,
      follow: false,
      container,
      filter,
      previous: previous || undefined,
      ...pod,
      ...(found && { namespace: found.namespace, kind, group, resourceName: found.name }),
    };
    const read = {
      path: path`/api/v1/applications/${ref.name}/logs`,
      query,
      what: `logs of ${ref.name}`,
      maxBytes: MAX_BYTES,
    };
    const { text: stream, cut } = await argocd.getText(read, signal);
    const entries = stream.split('\n').flatMap(entryOf);
    const said = `${count(entries.length, 'line')}${cut ? ' (the log is longer: ask for fewer lines)' : ''}.`;
    return entries.length === 0 ? { text: said } : { text: said, data: entries.join('\n') };
  },
});

/** One line of the stream: an entry, an error, or the sign that a pod's log is over. */
function entryOf(line: string): readonly string[] {
  if (line.trim() === '') return [];
  // The last line of a log that was cut is none.
  const value = parseJson(line);
  const message = stringAt(value, 'error', 'message');
  if (message !== undefined) return [`(${message})`];
  if (at(value, 'result', 'last') === true) return [];
  return [`${stringAt(value, 'result', 'podName') ?? ''} ${stringAt(value, 'result', 'content') ?? ''}`.trim()];
}
