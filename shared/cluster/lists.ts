import { OpsError } from '../kernel/errors.ts';
import { arrayAt, isObject, stringAt } from '../kernel/json.ts';
import { type Cluster, type Endpoint, pathOf } from './cluster.ts';
import type { KubeObject } from './objects.ts';

/** Objects a request; a page of 500 pods is about 3 MB. */
const PAGE = 500;

/** Names, labels and owners without the rest: a tenth of the bytes. */
export const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

export interface ListAll {
  readonly resource: Endpoint;
  /** Undefined lists every namespace. */
  readonly namespace?: string | undefined;
  readonly labels?: string | undefined;
  readonly fields?: string | undefined;
  readonly accept?: string;
  /** Objects at most. */
  readonly cap: number;
}

export interface Listed {
  readonly items: readonly KubeObject[];
  /** There are more than `cap`, or the list moved on while it was read: `items` is only the start. */
  readonly cut: boolean;
}

/** Reads a whole list, page by page, up to a cap. */
export async function listAll(cluster: Pick<Cluster, 'getJson'>, list: ListAll, signal: AbortSignal): Promise<Listed> {
  const { resource, namespace, labels, fields, accept, cap } = list;
  const path = pathOf({ resource, namespace });
  const items: KubeObject[] = [];
  let next: string | undefined;
  do {
    const query = { labelSelector: labels, fieldSelector: fields, limit: Math.min(PAGE, cap), continue: next };
    const page = await cluster
      .getJson(path, `list ${resource.plural}`, signal, query, accept)
      .catch((error: unknown) => movedOn(error, items.length > 0));
    if (page === undefined) return { items, cut: true };
    items.push(...arrayAt(page, 'items').filter(isObject));
    next = stringAt(page, 'metadata', 'continue') || undefined;
  } while (next !== undefined && items.length < cap);
  return { items: items.slice(0, cap), cut: next !== undefined };
}

/** A continue token lives about five minutes (410 afterwards): what has been read so far still counts. */
function movedOn(error: unknown, begun: boolean): undefined {
  if (begun && error instanceof OpsError && error.code === 'conflict') return undefined;
  throw error;
}
