import { at } from '../kernel/json.ts';
import { type Cluster, pathOf } from './cluster.ts';
import { ensureOk, jsonOf } from './status.ts';

/** One permission, as an authorizer is asked for it. `*` asks for the wildcard itself. */
export type Permission =
  | {
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly subresource?: string;
      readonly name?: string;
      /** Left out: in every namespace. */
      readonly namespace?: string | undefined;
    }
  | { readonly verb: string; readonly path: string };

const REVIEWS = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'selfsubjectaccessreviews',
  namespaced: false,
} as const;

/** Whether the kubeconfig's user has a permission (SelfSubjectAccessReview: it is posted, and stores nothing). */
export async function mayI(cluster: Cluster, permission: Permission, signal: AbortSignal): Promise<boolean> {
  const spec = 'path' in permission ? { nonResourceAttributes: permission } : { resourceAttributes: permission };
  const response = await cluster.send({
    method: 'POST',
    path: pathOf({ resource: REVIEWS }),
    body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec },
    signal,
  });
  const what = 'the question what this user may do';
  return at(jsonOf(ensureOk(response, what), what), 'status', 'allowed') === true;
}
