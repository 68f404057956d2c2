import type { Cluster } from '../../shared/cluster/cluster.ts';
import type { Resource } from '../../shared/cluster/discovery.ts';
import { listAll, METADATA_ONLY } from '../../shared/cluster/lists.ts';
import { controllerOf, type KubeObject, nameOf, namespaceOf } from '../../shared/cluster/objects.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, stringAt } from '../../shared/kernel/json.ts';
import { uidOf } from './preview.ts';

/** One object's type and metadata. */
export interface Item {
  readonly resource: Resource;
  readonly object: KubeObject;
}

export interface Inventory {
  readonly items: readonly Item[];
  /** Kinds that could not be listed, or not to their end. */
  readonly unseen: readonly string[];
}

/** Objects of one kind at most. */
const CAP = 500;
/** Kinds that the server makes up when asked, or that come and go by themselves. */
const FLEETING_GROUPS = ['metrics.k8s.io', 'events.k8s.io', 'custom.metrics.k8s.io', 'external.metrics.k8s.io'];
const FLEETING = ['events', 'componentstatuses', 'leases', 'endpoints', 'endpointslices'];

/** The metadata of everything in a namespace, or in the cluster: one request a kind. */
export async function takeInventory(
  cluster: Cluster,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<Inventory> {
  const kinds = listable(await cluster.discovery.all(signal), namespace);
  const parts = await Promise.all(kinds.map((resource) => listKind(cluster, resource, namespace, signal)));
  return { items: parts.flatMap(({ items }) => items), unseen: parts.flatMap(({ unseen }) => unseen) };
}

/** Each kind once, in its preferred version. */
function listable(resources: readonly Resource[], namespace: string | undefined): readonly Resource[] {
  const kinds = new Map<string, Resource>();
  for (const resource of resources) {
    const { group, plural, verbs, namespaced } = resource;
    const wanted = verbs.includes('list') && (namespaced || namespace === undefined);
    const fleeting = FLEETING_GROUPS.includes(group) || FLEETING.includes(plural);
    const key = `${plural}.${group}`;
    if (wanted && !fleeting && !kinds.has(key)) kinds.set(key, resource);
  }
  return [...kinds.values()];
}

async function listKind(
  cluster: Cluster,
  resource: Resource,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<Inventory> {
  try {
    const { items, cut } = await listAll(cluster, { resource, namespace, accept: METADATA_ONLY, cap: CAP }, signal);
    return { items: items.map((object) => ({ resource, object })), unseen: cut ? [resource.plural] : [] };
  } catch (error) {
    const known = error instanceof OpsError && !signal.aborted && error.code !== 'unreachable';
    if (!known) throw error;
    return { items: [], unseen: [resource.plural] };
  }
}

/** What the garbage collector takes with an object: all of its owners go. */
export function dependentsOf(uid: string, items: readonly Item[]): readonly Item[] {
  const gone = new Set([uid]);
  const found: Item[] = [];
  for (let before = -1; before !== found.length; ) {
    before = found.length;
    for (const item of items) {
      const owners = arrayAt(item.object, 'metadata', 'ownerReferences').map((owner) => stringAt(owner, 'uid') ?? '');
      const goes = owners.length > 0 && owners.every((owner) => gone.has(owner)) && !gone.has(uidOf(item.object));
      if (!goes) continue;
      gone.add(uidOf(item.object));
      found.push(item);
    }
  }
  return found;
}

/** `1 ReplicaSet, 3 Pod` */
export function countKinds(items: readonly Item[]): string {
  const counts = new Map<string, number>();
  for (const { resource } of items) counts.set(resource.kind, (counts.get(resource.kind) ?? 0) + 1);
  return [...counts].map(([kind, amount]) => `${amount} ${kind}`).join(', ');
}

/** What people made, sorted: what controllers make comes and goes, and says nothing about a target that has moved. */
export function madeByPeople(items: readonly Item[]): readonly string[] {
  return items
    .filter(({ object }) => controllerOf(object) === undefined)
    .map(
      ({ resource, object }) => `${resource.plural}.${resource.group} ${namespaceOf(object) ?? ''}/${nameOf(object)}`,
    )
    .sort();
}
