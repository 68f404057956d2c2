import type { Cluster, ObjectRef } from '../../shared/cluster/cluster.ts';
import { type KubeObject, nameOf, namespaceOf } from '../../shared/cluster/objects.ts';
import { PATCH_TYPES, tryOut } from '../../shared/cluster/writer.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { isObject, stringAt } from '../../shared/kernel/json.ts';
import type { FileChange } from './changes.ts';
import { manifestsIn, notApplied } from './manifests.ts';

/** Objects of one change that are tried out at most. */
const MAX_TRIED = 50;

/** Where an object is tried out whose namespace Argo CD adds, or that is not there yet. */
const ELSEWHERE = 'default';

/**
 * Tries the manifests of a change out on the cluster, before anybody is asked: what is no YAML, or what the API server
 * refuses, is an error. Returns what was tried, and what was not and why, for the person.
 */
export async function tryManifests(
  cluster: Cluster | undefined,
  changes: readonly FileChange[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const notes: string[] = [];
  const objects: { readonly path: string; readonly object: KubeObject }[] = [];
  for (const { path, after } of changes) {
    if (after?.text === undefined) continue;
    const reason = notApplied(path, after.text);
    if (reason === undefined) objects.push(...manifestsIn(path, after.text).map((object) => ({ path, object })));
    else if (reason !== 'not YAML') notes.push(`not tried out: ${path} (${reason})`);
  }
  if (objects.length === 0) return notes;
  if (cluster === undefined) return [...notes, 'not tried out: no cluster is connected'];
  if (objects.length > MAX_TRIED) return [...notes, `not tried out: more than ${MAX_TRIED} objects`];
  for (const { path, object } of objects) notes.push(await tryOne(cluster, path, object, signal));
  return notes;
}

async function tryOne(cluster: Cluster, path: string, object: KubeObject, signal: AbortSignal): Promise<string> {
  const what = `${stringAt(object, 'kind')}/${nameOf(object)}`;
  try {
    const { ref, live } = await place(cluster, object, signal);
    await send(cluster, ref, live, object, signal);
    return `the API server accepts ${what}${ref.namespace === ELSEWHERE && namespaceOf(object) === undefined ? ' (tried in namespace default)' : ''}`;
  } catch (error) {
    const skipped = whySkipped(error);
    if (skipped !== undefined) return `not tried out: ${what} (${skipped})`;
    if (!(error instanceof OpsError)) throw error;
    throw new OpsError(error.code, `${path}: ${what}: ${error.message}`, 'Correct the manifest.', { cause: error });
  }
}

/** What says nothing about the manifest itself: nobody is kept from proposing it. */
function whySkipped(error: unknown): string | undefined {
  if (!(error instanceof OpsError)) return undefined;
  switch (error.code) {
    case 'not_found':
      return 'the cluster does not know its kind';
    case 'unauthorized':
      // The API server's own words for a role or binding that grants more than its author has.
      if (error.message.includes('attempting to grant')) return undefined;
      return 'this account may not try it';
    case 'unreachable':
    case 'timeout':
    case 'config_invalid':
      return 'the cluster does not answer';
    default:
      return undefined;
  }
}

async function place(
  cluster: Cluster,
  object: KubeObject,
  signal: AbortSignal,
): Promise<{ readonly ref: ObjectRef; readonly live: boolean }> {
  const [version, kind] = [stringAt(object, 'apiVersion') ?? '', stringAt(object, 'kind') ?? ''];
  const resource = await cluster.discovery.resolveExact(version, kind, signal);
  const ref = { resource, name: nameOf(object) };
  if (!resource.namespaced) return { ref, live: true };
  const namespace = namespaceOf(object);
  const namespaces = await cluster.resolve('namespaces', signal);
  const exists =
    namespace !== undefined && (await cluster.find({ resource: namespaces, name: namespace }, signal)) !== undefined;
  return exists ? { ref: { ...ref, namespace }, live: true } : { ref: { ...ref, namespace: ELSEWHERE }, live: false };
}

async function send(
  cluster: Cluster,
  ref: ObjectRef,
  live: boolean,
  object: KubeObject,
  signal: AbortSignal,
): Promise<void> {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const body =
    ref.namespace === undefined ? object : { ...object, metadata: { ...metadata, namespace: ref.namespace } };
  const strict = { fieldValidation: 'Strict' };
  if (live) {
    const query = { ...strict, force: true };
    await tryOut(cluster, { ref, method: 'PATCH', contentType: PATCH_TYPES.apply, query, body }, signal);
    return;
  }
  await tryOut(cluster, { ref, method: 'POST', query: strict, body }, signal).catch((error: unknown) => {
    // Another object of this name is there: that says nothing about this one.
    if (!(error instanceof OpsError) || error.code !== 'conflict') throw error;
  });
}
