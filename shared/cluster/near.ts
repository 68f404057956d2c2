import { distance } from 'fastest-levenshtein';
import { OpsError } from '../kernel/errors.ts';
import { type Cluster, describeRef, type ObjectRef } from './cluster.ts';
import { listAll, METADATA_ONLY } from './lists.ts';
import { type KubeObject, nameOf, namespaceOf } from './objects.ts';

/** Names that are compared at most, and shown. */
const COMPARED = 500;
const SHOWN = 5;

/** Like `cluster.get`; where there is no such object, the error names those that could be meant. */
export async function getNamed(cluster: Cluster, ref: ObjectRef, signal: AbortSignal): Promise<KubeObject> {
  const object = await cluster.find(ref, signal);
  if (object !== undefined) return object;
  throw new OpsError('not_found', `There is no ${describeRef(ref)}.`, await hintFor(cluster, ref, signal));
}

async function hintFor(cluster: Cluster, ref: ObjectRef, signal: AbortSignal): Promise<string> {
  const { resource, namespace, name } = ref;
  const fields = `metadata.name=${name}`;
  const [here, elsewhere] = await Promise.all([
    names(cluster, { resource, namespace }, signal),
    resource.namespaced ? names(cluster, { resource, fields }, signal) : [],
  ]);
  if (elsewhere.length > 0) return `It exists in: ${elsewhere.map(namespaceOf).slice(0, SHOWN).join(', ')}.`;
  const near = here
    .map(nameOf)
    .filter((candidate) => unlike(name, candidate) <= 0.5)
    .sort((a, b) => unlike(name, a) - unlike(name, b));
  if (near.length === 0) return `List what there is: get kind=${resource.plural}.`;
  return `Did you mean ${near.slice(0, SHOWN).join(', ')}?`;
}

/** A suggestion is worth no error of its own: whoever may not list gets none. */
async function names(
  cluster: Cluster,
  list: Pick<Parameters<typeof listAll>[1], 'resource' | 'namespace' | 'fields'>,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const listed = await listAll(cluster, { ...list, accept: METADATA_ONLY, cap: COMPARED }, signal).catch(
    () => undefined,
  );
  return listed?.items ?? [];
}

/** 0 is alike, 1 is altogether different. A pod's name begins with its workload's, so a common start is alike. */
function unlike(wanted: string, name: string): number {
  if (name.startsWith(wanted) || wanted.startsWith(name)) return 0;
  return distance(wanted, name) / Math.max(wanted.length, name.length);
}
