import type { Cluster, ObjectRef } from '../../shared/cluster/cluster.ts';
import { isOurs, OURS_FLOOR } from '../../shared/cluster/floors.ts';
import type { KubeObject } from '../../shared/cluster/objects.ts';
import type { Facts } from '../../shared/kernel/action.ts';
import { floorOf } from './floors.ts';
import { ownerOf } from './gitops.ts';
import { isRbac } from './rights.ts';

/** A change of one object, as the policy has to judge it. */
export interface Change {
  readonly ref: ObjectRef;
  /** The object as it is; undefined where it does not exist yet. */
  readonly live: KubeObject | undefined;
  /** The object as the server says it would become. Left out by tools that cannot touch what a floor protects. */
  readonly wanted?: () => Promise<KubeObject>;
  /** What the same call writes besides. */
  readonly companions?: readonly KubeObject[];
}

/** What the policy has to know before it decides on a change. */
export async function factsOf(cluster: Cluster, change: Change, signal: AbortSignal): Promise<Facts> {
  const { ref, live, companions = [] } = change;
  if (isOurs(live)) return { floor: OURS_FLOOR };
  const gitops = live && (await ownerOf(cluster, ref, live, signal));
  const facts: Facts = { ...(gitops && { gitops }), ...(isRbac(ref.resource) && { minimumTier: 'confirm' }) };
  const wanted = await wantedOf(change, gitops?.selfHeal ?? false);
  const floor = wanted && (await floorOf(cluster, { ref, live, wanted, companions }, signal));
  return floor === undefined ? facts : { ...facts, floor };
}

/**
 * A change that the server refuses has no wanted object, and its plan fails with the server's error.
 * Where Argo CD heals the object its refusal says more (often it is a conflict with Argo CD itself).
 */
async function wantedOf({ wanted }: Change, healed: boolean): Promise<KubeObject | undefined> {
  try {
    return await wanted?.();
  } catch (error) {
    if (healed) return undefined;
    throw error;
  }
}
