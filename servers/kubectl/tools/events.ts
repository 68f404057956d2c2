import { z } from 'zod';
import { type EventGroup, fetchEvents } from '../../../shared/cluster/events.ts';
import { parseSpan, span } from '../../../shared/cluster/times.ts';
import type { Answer } from '../../../shared/gate/call.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { kubectlTool } from '../deps.ts';
import { newest, SHORT, short } from '../fit.ts';
import { locate, targetOf } from '../locate.ts';
import { allNamespaces, kind, name, namespace, since } from '../params.ts';

export const events = kubectlTool({
  name: 'events',
  summary: 'Events of an object, a namespace or all, grouped, newest last.',
  verb: 'events',
  effect: 'read',
  input: z.strictObject({
    kind: kind.optional(),
    name: name.optional(),
    namespace,
    all_namespaces: allNamespaces,
    warnings: z.boolean().default(false).describe('Warnings only.'),
    since,
  }),
  target: async (input, { cluster }, signal) => {
    if (input.kind !== undefined) return [targetOf(await locate(cluster, { ...input, kind: input.kind }, signal))];
    const place = await locate(cluster, { kind: 'events', namespace: input.namespace }, signal);
    const { namespace: _, ...everywhere } = targetOf(place);
    return [input.all_namespaces ? everywhere : targetOf(place)];
  },
  run: async (input, { cluster, clock }, signal) => {
    const { kind, name } = input;
    if (kind === undefined && name !== undefined)
      throw new OpsError('invalid_input', 'name needs a kind.', 'Give kind and name, or kind=pod/NAME.');
    const place = await locate(cluster, { namespace: input.namespace, kind: kind ?? 'events', name }, signal);
    // Events of what is in no namespace are kept in one all the same.
    const namespace = input.all_namespaces || !place.resource.namespaced ? undefined : place.namespace;
    const about = kind === undefined ? {} : { kind: place.resource.kind, name: place.name };
    const now = clock.now();
    const age = input.since === undefined ? undefined : parseSpan(input.since);
    const query = { ...about, namespace, warnings: input.warnings, after: age === undefined ? undefined : now - age };
    const { groups, cut } = await fetchEvents(cluster, query, signal);
    return answer(groups, cut, now, namespace);
  },
});

function answer(groups: readonly EventGroup[], cut: boolean, now: number, namespace: string | undefined): Answer {
  const where = namespace === undefined ? 'in all namespaces' : `in ${namespace}`;
  const partly = cut ? ' There are too many to read all: narrow by namespace, kind and name.' : '';
  if (groups.length === 0) {
    return { text: `No events ${where}. The API server keeps them for an hour by default.${partly}` };
  }
  const [header = '', ...lines] = eventTable(groups, now, namespace === undefined).split('\n');
  const shown = newest(lines, SHORT);
  const older =
    shown.length < lines.length
      ? ` The newest ${shown.length} are shown: narrow by kind, name, warnings or since.`
      : '';
  const warnings = groups.filter(({ warning }) => warning).length;
  const text = `${count(groups.length, 'kind of event', 'kinds of events')} ${where}, ${count(warnings, 'warning')}.${older}${partly}`;
  return { text, data: [header, ...shown].join('\n') };
}

/** One line a group; oldest first. */
export function eventTable(groups: readonly EventGroup[], now: number, withNamespace: boolean): string {
  const rows = groups.map(({ namespace, last, count, warning, reason, kind, name, message }) => [
    ...(withNamespace ? [namespace || '-'] : []),
    span(now - last),
    `${count}×`,
    warning ? 'Warning' : 'Normal',
    short(reason, 40),
    short(`${kind}/${name}`, 100),
    short(message, 200),
  ]);
  const header = [...(withNamespace ? ['NAMESPACE'] : []), 'LAST', 'COUNT', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'];
  return renderTable(header, rows);
}
