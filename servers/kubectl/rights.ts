import { isDeepStrictEqual } from 'node:util';
import { mayI, type Permission } from '../../shared/cluster/access.ts';
import type { Cluster, ObjectRef } from '../../shared/cluster/cluster.ts';
import type { Resource } from '../../shared/cluster/discovery.ts';
import { type KubeObject, nameOf, namespaceOf } from '../../shared/cluster/objects.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, stringAt } from '../../shared/kernel/json.ts';
import { oneLine } from '../../shared/kernel/text.ts';

/** Permissions that are compared at most; a role for people names fewer. */
const MAX_PERMISSIONS = 400;
/** Questions to the API server at once. */
const AT_ONCE = 20;

export function isRbac({ group }: Pick<Resource, 'group'>): boolean {
  return group === 'rbac.authorization.k8s.io';
}

export interface RbacChange {
  readonly ref: ObjectRef;
  readonly live: KubeObject | undefined;
  readonly wanted: KubeObject;
  /** What the same call writes besides: a binding may name a role of the same manifest. */
  readonly companions: readonly KubeObject[];
}

/** What an RBAC object would grant that the caller does not have, in our words; undefined where it grants no more. */
export async function excessOf(cluster: Cluster, change: RbacChange, signal: AbortSignal): Promise<string | undefined> {
  const { live, wanted, ref } = change;
  const grants = ['rules', 'aggregationRule', 'roleRef', 'subjects'];
  if (live !== undefined && grants.every((key) => isDeepStrictEqual(live[key], wanted[key]))) return undefined;
  const roleRef = wanted.roleRef;
  const role = roleRef === undefined ? wanted : await boundRole(cluster, change, signal);
  if (role === undefined) {
    return `${ref.resource.kind}/${ref.name} binds ${stringAt(roleRef, 'kind')}/${stringAt(roleRef, 'name')}, which is not there or cannot be read, so that nobody can say what it grants.`;
  }
  const permissions = permissionsOf(role, ref.namespace);
  const subject = `${ref.resource.kind}/${ref.name} grants`;
  if (permissions.length > MAX_PERMISSIONS)
    return `${subject} ${permissions.length} permissions, more than can be compared (${MAX_PERMISSIONS}): split it.`;
  const missing = await firstMissing(cluster, permissions, signal);
  if (missing === undefined) return undefined;
  return `${subject} "${oneLine(describe(missing), 200)}", which this kubeconfig's user does not have: nobody gives rights away that are not theirs. A person with these rights can do it.`;
}

async function boundRole(
  cluster: Cluster,
  { ref, wanted, companions }: RbacChange,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  const kind = stringAt(wanted, 'roleRef', 'kind') ?? '';
  const name = stringAt(wanted, 'roleRef', 'name') ?? '';
  const namespace = kind === 'Role' ? ref.namespace : undefined;
  const beside = companions.find(
    (other) => other.kind === kind && nameOf(other) === name && (namespaceOf(other) ?? namespace) === namespace,
  );
  if (beside !== undefined) return beside;
  try {
    const resource = await cluster.resolve(`${kind}.rbac.authorization.k8s.io`, signal);
    return await cluster.find({ resource, namespace, name }, signal);
  } catch (error) {
    if (error instanceof OpsError && ['unauthorized', 'not_found'].includes(error.code)) return undefined;
    throw error;
  }
}

/** Every permission that a role's rules name. An aggregated role may grow to anything. */
export function permissionsOf(role: KubeObject, namespace: string | undefined): readonly Permission[] {
  if (role.aggregationRule !== undefined) return [{ verb: '*', group: '*', resource: '*', namespace }];
  return arrayAt(role, 'rules').flatMap((rule) => {
    const verbs = texts(rule, 'verbs');
    const names = texts(rule, 'resourceNames');
    const paths = texts(rule, 'nonResourceURLs').flatMap((path) => verbs.map((verb) => ({ verb, path })));
    const resources = verbs.flatMap((verb) =>
      texts(rule, 'apiGroups').flatMap((group) =>
        texts(rule, 'resources').flatMap((spelled) => {
          const [resource = '', subresource] = spelled.split('/', 2);
          const permission = { verb, group, resource, ...(subresource && { subresource }), namespace };
          return names.length === 0 ? [permission] : names.map((name) => ({ ...permission, name }));
        }),
      ),
    );
    return [...resources, ...paths];
  });
}

function texts(rule: unknown, key: string): readonly string[] {
  return arrayAt(rule, key).filter((value) => typeof value === 'string');
}

async function firstMissing(
  cluster: Cluster,
  permissions: readonly Permission[],
  signal: AbortSignal,
): Promise<Permission | undefined> {
  for (let start = 0; start < permissions.length; start += AT_ONCE) {
    const some = permissions.slice(start, start + AT_ONCE);
    const allowed = await Promise.all(some.map((permission) => mayI(cluster, permission, signal)));
    const missing = some.find((_, index) => !allowed[index]);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

function describe(permission: Permission): string {
  if ('path' in permission) return `${permission.verb} ${permission.path}`;
  const { verb, group, resource, subresource, name } = permission;
  const what = [resource, subresource].filter(Boolean).join('/');
  return `${verb} ${what}${group === '' ? '' : `.${group}`}${name === undefined ? '' : ` ${name}`}`;
}
