import { demand, type Permit } from '../gate/permit.ts';
import type { HttpRequest, Query } from '../http/send.ts';
import { isObject } from '../kernel/json.ts';
import { type Cluster, describeRef, type ObjectRef, pathOf } from './cluster.ts';
import type { KubeObject } from './objects.ts';
import { ensureOk, jsonOf } from './status.ts';

export interface Written {
  readonly object: KubeObject;
  /** The API server's warnings: deprecated versions, admission. */
  readonly warnings: readonly string[];
}

export interface WriteRequest {
  readonly ref: ObjectRef;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `scale`, `eviction`, `status` */
  readonly subresource?: string;
  readonly query?: Query;
  readonly contentType?: string;
  readonly body?: unknown;
}

/** Names us in `managedFields`, so that a person sees who set a field. */
const FIELD_MANAGER = 'k8s-agent-orchestrator';

export const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** Makes a change. There is no other way to one, and it demands a Permit. */
export function write(cluster: Cluster, permit: Permit, request: WriteRequest): Promise<Written> {
  return perform(cluster, request, false, demand(permit));
}

/** Tries a change out on the server (`dryRun=All`): admission, schema, quota and RBAC answer, nothing is stored. */
export function tryOut(cluster: Cluster, request: WriteRequest, signal: AbortSignal): Promise<Written> {
  return perform(cluster, request, true, signal);
}

interface Options {
  readonly query: Query;
  readonly body: unknown;
}

function change({ query, body }: WriteRequest, dryRun: boolean): Options {
  return { query: { fieldManager: FIELD_MANAGER, ...query, ...(dryRun && { dryRun: 'All' }) }, body };
}

/**
 * A DELETE takes its options from the body alone as soon as it has one: `dryRun` in the query is then ignored, and the
 * "dry run" deletes (k8s.io/apiserver, endpoints/handlers/delete.go). So all options go into the body, always.
 */
function deletion({ body }: WriteRequest, dryRun: boolean): Options {
  const options = isObject(body) ? body : {};
  return {
    query: {},
    body: { apiVersion: 'v1', kind: 'DeleteOptions', ...options, ...(dryRun && { dryRun: ['All'] }) },
  };
}

async function perform(
  cluster: Cluster,
  request: WriteRequest,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<Written> {
  const { ref, method, subresource, contentType } = request;
  const named =
    method === 'POST' && subresource === undefined ? { resource: ref.resource, namespace: ref.namespace } : ref;
  const { query, body } = method === 'DELETE' ? deletion(request, dryRun) : change(request, dryRun);
  const call: HttpRequest = {
    method,
    path: pathOf(named, ...(subresource === undefined ? [] : [subresource])),
    query,
    signal,
    ...(contentType !== undefined && { contentType }),
    ...(body !== undefined && { body }),
  };
  const what = describeRef(ref);
  const response = ensureOk(await cluster.send(call), what);
  const object = jsonOf(response, what);
  return { object: isObject(object) ? object : {}, warnings: response.warnings };
}
