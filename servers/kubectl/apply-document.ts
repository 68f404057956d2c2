import type { Cluster, ObjectRef } from '../../shared/cluster/cluster.ts';
import { type KubeObject, nameOf, namespaceOf } from '../../shared/cluster/objects.ts';
import { PATCH_TYPES, tryOut, type WriteRequest, type Written } from '../../shared/cluster/writer.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { isObject, stringAt } from '../../shared/kernel/json.ts';
import { asSeen } from './as-seen.ts';

/** One document of a manifest on its way into the cluster. */
export interface ApplyDocument {
  readonly ref: ObjectRef;
  readonly live: KubeObject | undefined;
  /** As the manifest has it, with the namespace that it goes to. */
  readonly wanted: KubeObject;
  /** Server-side apply, bound to the version that was read; a new object has none. */
  readonly request: (resourceVersion: string) => WriteRequest;
  /** The same manifest makes its namespace, so that the server cannot try it out before. */
  readonly early: boolean;
  /** What the server would store. */
  readonly tried: () => Promise<Written>;
}

interface Options {
  readonly namespace: string | undefined;
  readonly force: boolean;
  /** Namespaces that the manifest itself makes. */
  readonly made: readonly string[];
}

export async function readDocument(
  cluster: Cluster,
  object: KubeObject,
  options: Options,
  signal: AbortSignal,
): Promise<ApplyDocument> {
  const ref = await refOf(cluster, object, options.namespace, signal);
  const live = await cluster.find(ref, signal);
  const wanted = placed(object, ref.namespace);
  const request = applyRequest(ref, wanted, live, options.force);
  const early =
    live === undefined && options.made.includes(ref.namespace ?? '') && !(await namespaceExists(cluster, ref, signal));
  let written: Promise<Written> | undefined;
  const tried = () => {
    written ??= early ? tryElsewhere(cluster, ref, wanted, signal) : tryApply(cluster, { ref, live, request }, signal);
    return written;
  };
  return { ref, live, wanted, request, early, tried };
}

async function refOf(
  cluster: Cluster,
  object: KubeObject,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<ObjectRef> {
  const [version, kind] = [stringAt(object, 'apiVersion') ?? '', stringAt(object, 'kind') ?? ''];
  const resource = await cluster.discovery.resolveExact(version, kind, signal);
  const own = namespaceOf(object);
  const what = `manifest: ${kind}/${nameOf(object)}`;
  if (!resource.namespaced && own !== undefined) {
    throw new OpsError('invalid_input', `${what} is not in a namespace.`, 'Leave metadata.namespace out.');
  }
  if (own !== undefined && namespace !== undefined && own !== namespace) {
    const hint = 'Leave the parameter out, or correct one of them.';
    throw new OpsError('invalid_input', `${what} is in ${own}, and the parameter says ${namespace}.`, hint);
  }
  return { resource, namespace: await cluster.namespaceFor(resource, own ?? namespace), name: nameOf(object) };
}

function placed(object: KubeObject, namespace: string | undefined): KubeObject {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  return namespace === undefined ? object : { ...object, metadata: { ...metadata, namespace } };
}

function applyRequest(
  ref: ObjectRef,
  wanted: KubeObject,
  live: KubeObject | undefined,
  force: boolean,
): ApplyDocument['request'] {
  const metadata = isObject(wanted.metadata) ? wanted.metadata : {};
  return (resourceVersion) => {
    const body = live === undefined ? wanted : { ...wanted, metadata: { ...metadata, resourceVersion } };
    return { ref, method: 'PATCH', contentType: PATCH_TYPES.apply, query: { force }, body };
  };
}

type Applied = Pick<ApplyDocument, 'ref' | 'live' | 'request'>;

export function sendApplied(
  cluster: Cluster,
  { ref, live, request }: Applied,
  signal: AbortSignal,
  send: (request: WriteRequest) => Promise<Written>,
): Promise<Written> {
  return live === undefined
    ? send(request(''))
    : asSeen(cluster, ref, live, signal, (version) => send(request(version)));
}

async function namespaceExists(cluster: Cluster, { namespace }: ObjectRef, signal: AbortSignal): Promise<boolean> {
  const resource = await cluster.resolve('namespaces', signal);
  return (await cluster.find({ resource, name: namespace ?? '' }, signal)) !== undefined;
}

/** A conflict names the fields and who manages them. */
async function tryApply(cluster: Cluster, applied: Applied, signal: AbortSignal): Promise<Written> {
  try {
    return await sendApplied(cluster, applied, signal, (request) => tryOut(cluster, request, signal));
  } catch (error) {
    const owned = error instanceof OpsError && error.code === 'conflict' && error.message.includes('conflict with');
    if (!owned) throw error;
    const hint = 'Leave these fields out of the manifest, or call again with force=true to take them over.';
    throw new OpsError('conflict', error.message, hint, { cause: error });
  }
}

/** Where an object is tried out that has no namespace yet: its schema is the same there; rights and quota are not. */
const ELSEWHERE = 'default';

async function tryElsewhere(
  cluster: Cluster,
  ref: ObjectRef,
  wanted: KubeObject,
  signal: AbortSignal,
): Promise<Written> {
  const body = placed(wanted, ELSEWHERE);
  const query = { fieldValidation: 'Strict' };
  try {
    const { warnings } = await tryOut(
      cluster,
      { ref: { ...ref, namespace: ELSEWHERE }, method: 'POST', query, body },
      signal,
    );
    return { object: wanted, warnings };
  } catch (error) {
    // It exists there, or this user may not create it there: neither says anything about this object.
    if (error instanceof OpsError && ['conflict', 'unauthorized'].includes(error.code)) {
      return { object: wanted, warnings: [] };
    }
    throw error;
  }
}
