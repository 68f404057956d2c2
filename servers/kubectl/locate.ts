import type { Cluster, ObjectRef } from '../../shared/cluster/cluster.ts';
import { objectName } from '../../shared/cluster/names.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { Target } from '../../shared/tool/define.ts';

interface Spelled {
  readonly kind: string;
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
}

/** A type, and perhaps one object of it. */
export type Place = Omit<ObjectRef, 'name'> & { readonly name?: string | undefined };

/** Resolves a spelling through discovery. `secret/x`, `Secret` and `secrets` are the same thing. */
export async function locate(cluster: Cluster, spelled: Spelled, signal: AbortSignal): Promise<Place> {
  const [kind = '', inKind] = spelled.kind.split('/', 2);
  if (inKind !== undefined && spelled.name !== undefined && inKind !== spelled.name) {
    throw new OpsError(
      'invalid_input',
      `kind names "${inKind}" and name says "${spelled.name}".`,
      'Give the name once.',
    );
  }
  const name = spelled.name ?? (inKind === undefined ? undefined : objectName.parse(inKind));
  const resource = await cluster.resolve(kind, signal);
  if (!resource.namespaced && spelled.namespace !== undefined) {
    throw new OpsError('invalid_input', `${resource.kind} is not in a namespace.`, 'Leave namespace out.');
  }
  return { resource, namespace: await cluster.namespaceFor(resource, spelled.namespace), name };
}

/** Like `locate`, for tools that act on exactly one object. */
export async function locateOne(cluster: Cluster, spelled: Spelled, signal: AbortSignal): Promise<ObjectRef> {
  const { name, ...place } = await locate(cluster, spelled, signal);
  if (name !== undefined) return { ...place, name };
  throw new OpsError('invalid_input', 'name is missing.', `List what there is: get kind=${place.resource.plural}.`);
}

/** A place as the policy sees it. */
export function targetOf({ resource, namespace, name }: Place): Target {
  const { kind, group, names } = resource;
  return {
    kind: { kind, group, names },
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
  };
}
