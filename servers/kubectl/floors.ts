import type { Cluster } from '../../shared/cluster/cluster.ts';
import { floorOfChange } from '../../shared/cluster/floors.ts';
import { excessOf, isRbac, type RbacChange } from './rights.ts';

/** What no configuration allows of a change, in our words. */
export async function floorOf(cluster: Cluster, change: RbacChange, signal: AbortSignal): Promise<string | undefined> {
  const { live, wanted, ref } = change;
  return floorOfChange(live, wanted) ?? (isRbac(ref.resource) ? excessOf(cluster, change, signal) : undefined);
}
