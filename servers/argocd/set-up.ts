import { OpsError } from '../../shared/kernel/errors.ts';
import { isObject } from '../../shared/kernel/json.ts';
import { IN_CLUSTER } from './project.ts';
import type { Spec } from './spec.ts';

export interface SyncSettings {
  readonly auto_sync?: boolean | undefined;
  readonly self_heal?: boolean | undefined;
  readonly prune?: boolean | undefined;
}

/** The `automated` part of a sync policy; what is left out stays as it is. */
export function withSync(spec: Spec, { auto_sync, self_heal, prune }: SyncSettings): Spec {
  if (auto_sync === undefined && self_heal === undefined && prune === undefined) return spec;
  const policy = isObject(spec.syncPolicy) ? spec.syncPolicy : {};
  const known = isObject(policy.automated) ? policy.automated : undefined;
  const on = auto_sync ?? (known !== undefined && known.enabled !== false);
  if (!on) {
    if (self_heal === true || prune === true) {
      throw new OpsError('invalid_input', 'self_heal and prune belong to auto-sync.', 'Set auto_sync=true, too.');
    }
    const { automated: _, ...rest } = policy;
    return { ...spec, syncPolicy: rest };
  }
  const { enabled: _, ...kept } = known ?? {};
  const automated = {
    ...kept,
    ...(self_heal !== undefined && { selfHeal: self_heal }),
    ...(prune !== undefined && { prune }),
  };
  return { ...spec, syncPolicy: { ...policy, automated } };
}

/** Where an application is deployed: a cluster by its name or address as Argo CD knows it, and a namespace. */
export function destinationTo(cluster: string, namespace: string | undefined): Spec {
  const server = cluster === IN_CLUSTER.name ? IN_CLUSTER.server : cluster;
  return {
    ...(/^https?:/.test(server) ? { server } : { name: cluster }),
    ...(namespace !== undefined && { namespace }),
  };
}
