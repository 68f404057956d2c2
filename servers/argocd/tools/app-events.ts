import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import { arrayAt, numberAt, stringAt } from '../../../shared/kernel/json.ts';
import { count, oneLine, renderTable } from '../../../shared/kernel/text.ts';
import { readApp, targetOf } from '../app.ts';
import { argocdTool } from '../deps.ts';
import { app } from '../params.ts';

const SHOWN = 30;

export const appEvents = argocdTool({
  name: 'app_events',
  summary: 'List the events of the application itself: syncs, health changes, who did what; the newest first.',
  verb: 'events',
  effect: 'read',
  input: z.strictObject({ app }),
  target: ({ app }) => [targetOf(app)],
  run: async ({ app }, { argocd }, signal) => {
    // Of an application that is not there the events are forbidden, which would say nothing.
    await readApp(argocd, app, signal);
    const read = {
      path: path`/api/v1/applications/${app.name}/events`,
      query: { appNamespace: app.namespace },
      what: `events of ${app.name}`,
    };
    const events = arrayAt(await argocd.get(read, signal), 'items').map((event) => ({
      at: stringAt(event, 'lastTimestamp') || stringAt(event, 'eventTime') || '',
      row: [
        stringAt(event, 'lastTimestamp') || stringAt(event, 'eventTime') || '',
        stringAt(event, 'type') ?? '',
        stringAt(event, 'reason') ?? '',
        String(numberAt(event, 'count') ?? 1),
        oneLine(stringAt(event, 'message') ?? '', 300),
      ],
    }));
    const newest = events.sort((a, b) => b.at.localeCompare(a.at)).slice(0, SHOWN);
    const text = `${count(events.length, 'event')}.`;
    return newest.length === 0
      ? { text }
      : {
          text,
          data: renderTable(
            ['LAST', 'TYPE', 'REASON', 'COUNT', 'MESSAGE'],
            newest.map(({ row }) => row),
          ),
        };
  },
});
