import type { Cluster } from '../../shared/cluster/cluster.ts';
import { listAll } from '../../shared/cluster/lists.ts';
import { type KubeObject, nameOf, namespaceOf } from '../../shared/cluster/objects.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, stringAt } from '../../shared/kernel/json.ts';

const MANY = 5000;

/** The PersistentVolumes that each pod's claims are bound to. */
export async function volumesByPod(
  cluster: Cluster,
  signal: AbortSignal,
): Promise<(pod: KubeObject) => readonly KubeObject[]> {
  const [claims, volumes] = await Promise.all([
    listed(cluster, 'persistentvolumeclaims', signal),
    listed(cluster, 'persistentvolumes', signal),
  ]);
  const byName = new Map(volumes.map((volume) => [nameOf(volume), volume]));
  const bound = new Map(
    claims.map((claim) => [
      `${namespaceOf(claim)}/${nameOf(claim)}`,
      byName.get(stringAt(claim, 'spec', 'volumeName') ?? ''),
    ]),
  );
  return (pod) =>
    arrayAt(pod, 'spec', 'volumes').flatMap((volume) => {
      const claim = stringAt(volume, 'persistentVolumeClaim', 'claimName');
      const found = bound.get(`${namespaceOf(pod)}/${claim}`);
      return found === undefined ? [] : [found];
    });
}

/** Whoever may not see volumes drains without this check, as kubectl always does. */
async function listed(cluster: Cluster, kind: string, signal: AbortSignal): Promise<readonly KubeObject[]> {
  const resource = await cluster.resolve(kind, signal);
  try {
    return (await listAll(cluster, { resource, cap: MANY }, signal)).items;
  } catch (error) {
    if (error instanceof OpsError && error.code === 'unauthorized') return [];
    throw error;
  }
}
