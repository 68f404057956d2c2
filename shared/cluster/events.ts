import { at, numberAt, stringAt } from '../kernel/json.ts';
import type { Cluster } from './cluster.ts';
import { listAll } from './lists.ts';

const EVENTS = { group: '', version: 'v1', plural: 'events', namespaced: true };
/** The API server forgets events after an hour by default; a storm can still leave many. */
const CAP = 5_000;

/** Events of one reason about one object. */
export interface EventGroup {
  readonly warning: boolean;
  readonly reason: string;
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly last: number;
  /** What the newest of them says. */
  readonly message: string;
}

export interface EventQuery {
  /** Undefined looks in every namespace. */
  readonly namespace?: string | undefined;
  readonly kind?: string | undefined;
  readonly name?: string | undefined;
  readonly uid?: string | undefined;
  readonly warnings?: boolean;
  /** Milliseconds since the epoch: none that are older. */
  readonly after?: number | undefined;
}

export interface Events {
  /** Oldest first. */
  readonly groups: readonly EventGroup[];
  readonly cut: boolean;
}

export async function fetchEvents(cluster: Cluster, query: EventQuery, signal: AbortSignal): Promise<Events> {
  const list = { resource: EVENTS, namespace: query.namespace, fields: fieldsOf(query), cap: CAP };
  const { items, cut } = await listAll(cluster, list, signal);
  const after = query.after ?? 0;
  return { groups: groupEvents(items).filter(({ last }) => last >= after), cut };
}

function fieldsOf({ kind, name, uid, warnings }: EventQuery): string | undefined {
  const terms = [
    kind && `involvedObject.kind=${kind}`,
    name && `involvedObject.name=${name}`,
    uid && `involvedObject.uid=${uid}`,
    warnings && 'type=Warning',
  ];
  return terms.filter(Boolean).join(',') || undefined;
}

/** One line for each reason and object, the newest last. */
export function groupEvents(items: readonly unknown[]): readonly EventGroup[] {
  const groups = new Map<string, EventGroup>();
  for (const event of items.map(parseEvent)) {
    const key = [event.warning, event.reason, event.namespace, event.kind, event.name].join('|');
    const known = groups.get(key);
    const newer = known === undefined || event.last >= known.last ? event : known;
    groups.set(key, { ...newer, count: event.count + (known?.count ?? 0) });
  }
  return [...groups.values()].sort((a, b) => a.last - b.last);
}

function parseEvent(event: unknown): EventGroup {
  const text = (...path: readonly string[]) => stringAt(event, ...path) ?? '';
  return {
    warning: at(event, 'type') === 'Warning',
    reason: text('reason'),
    namespace: text('involvedObject', 'namespace'),
    kind: text('involvedObject', 'kind'),
    name: text('involvedObject', 'name'),
    count: numberAt(event, 'series', 'count') ?? numberAt(event, 'count') ?? 1,
    last: lastSeen(event),
    message: text('message'),
  };
}

/** core/v1 and events.k8s.io write the time of an event in different fields. */
function lastSeen(event: unknown): number {
  const time =
    stringAt(event, 'series', 'lastObservedTime') ??
    stringAt(event, 'lastTimestamp') ??
    stringAt(event, 'eventTime') ??
    stringAt(event, 'metadata', 'creationTimestamp');
  return Date.parse(time ?? '') || 0;
}
