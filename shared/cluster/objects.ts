import { arrayAt, at, isObject, numberAt, stringAt } from '../kernel/json.ts';

/** An object as the API server gave it. Its fields are read by path, since every cluster has other kinds. */
export type KubeObject = Readonly<Record<string, unknown>>;

export function nameOf(object: unknown): string {
  return stringAt(object, 'metadata', 'name') ?? '';
}

export function namespaceOf(object: unknown): string | undefined {
  return stringAt(object, 'metadata', 'namespace');
}

export function annotation(object: unknown, key: string): string | undefined {
  return stringAt(object, 'metadata', 'annotations', key);
}

export function label(object: unknown, key: string): string | undefined {
  return stringAt(object, 'metadata', 'labels', key);
}

/** The owner that controls an object: its ReplicaSet, Job, ... */
export function controllerOf(object: unknown): { readonly kind: string; readonly name: string } | undefined {
  const owner = arrayAt(object, 'metadata', 'ownerReferences').find(
    (reference) => at(reference, 'controller') === true,
  );
  const kind = stringAt(owner, 'kind');
  const name = stringAt(owner, 'name');
  return kind === undefined || name === undefined ? undefined : { kind, name };
}

/**
 * What an approval is bound to: the object without what moves by itself (status, resourceVersion, managedFields).
 * A crash-looping pod changes its workload's status every few seconds; a yes to "scale it" has to survive that.
 * The write itself still carries the resourceVersion that was read last. See docs/decisions/0003-what-counts-as-moved.md.
 */
export function identityOf(object: KubeObject): unknown {
  const { status: _status, metadata, ...rest } = object;
  if (!isObject(metadata)) return rest;
  const { resourceVersion: _version, managedFields: _fields, ...kept } = metadata;
  return { ...rest, metadata: kept };
}

export function replicasOf(object: unknown): number {
  return numberAt(object, 'spec', 'replicas') ?? 0;
}
