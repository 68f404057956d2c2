import { z } from 'zod';
import { maskValuesOf } from '../../../shared/audit/masked-values.ts';
import { type Cluster, describeRef, type ObjectRef } from '../../../shared/cluster/cluster.ts';
import { fetchEvents } from '../../../shared/cluster/events.ts';
import { getNamed } from '../../../shared/cluster/near.ts';
import type { KubeObject } from '../../../shared/cluster/objects.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { type KubectlDeps, kubectlTool } from '../deps.ts';
import { first, LONG } from '../fit.ts';
import { locateOne, targetOf } from '../locate.ts';
import { kind, name, namespace } from '../params.ts';
import { renderObject } from '../rendering.ts';
import { eventTable } from './events.ts';

export const describe = kubectlTool({
  name: 'describe',
  summary: 'All about one object, with its events. Secret data is not shown.',
  verb: 'describe',
  effect: 'read',
  input: z.strictObject({ kind, name: name.optional(), namespace }),
  target: async (input, { cluster }, signal) => [targetOf(await locateOne(cluster, input, signal))],
  run: async (input, deps, signal) => {
    const ref = await locateOne(deps.cluster, input, signal);
    const object = await getNamed(deps.cluster, ref, signal);
    const { text, note } = await described(deps, ref, object, signal);
    const lines = maskValuesOf(object, text).split('\n');
    const shown = first(lines, LONG);
    const cut =
      shown.length < lines.length ? ` The last ${lines.length - shown.length} lines are cut: see get and events.` : '';
    return { text: `${describeRef(ref)}${note}${cut}`, data: shown.join('\n') };
  },
});

interface Described {
  readonly text: string;
  readonly note: string;
}

/** kubectl is the reference. Where it is missing or does not work, we render the object that we have read. */
async function described(
  deps: KubectlDeps,
  ref: ObjectRef,
  object: KubeObject,
  signal: AbortSignal,
): Promise<Described> {
  const { resource, namespace, name } = ref;
  const type = [resource.plural, ...(resource.group === '' ? [] : [resource.version, resource.group])].join('.');
  try {
    const text = await deps.describe({ resource: type, name, namespace }, signal);
    if (text !== undefined) return { text, note: '' };
    return { text: await ourOwn(deps, object, signal), note: ' (there is no kubectl here: our own rendering)' };
  } catch (error) {
    if (!(error instanceof OpsError) || error.code !== 'rejected_by_backend') throw error;
    return { text: await ourOwn(deps, object, signal), note: ' (kubectl does not work here: our own rendering)' };
  }
}

async function ourOwn({ cluster, clock }: KubectlDeps, object: KubeObject, signal: AbortSignal): Promise<string> {
  const now = clock.now();
  return `${renderObject(object, now)}\nEvents:\n${await eventsOf(cluster, object, now, signal)}`;
}

/** Events of an object in no namespace are kept in one all the same, so its kind and name find them, everywhere. */
async function eventsOf(cluster: Cluster, object: KubeObject, now: number, signal: AbortSignal): Promise<string> {
  const { kind, metadata } = object;
  const { name, namespace } = z.object({ name: z.string(), namespace: z.string().optional() }).parse(metadata);
  const query = { kind: String(kind), name, namespace };
  const events = await fetchEvents(cluster, query, signal).catch(() => undefined);
  if (events === undefined) return '  (they may not be read)';
  return events.groups.length === 0 ? '  none' : eventTable(events.groups, now, false);
}
