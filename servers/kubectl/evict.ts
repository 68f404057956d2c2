import timers from 'node:timers/promises';
import type { Cluster, ObjectRef } from '../../shared/cluster/cluster.ts';
import type { Resource } from '../../shared/cluster/discovery.ts';
import { type KubeObject, nameOf, namespaceOf } from '../../shared/cluster/objects.ts';
import { isHttp } from '../../shared/cluster/status.ts';
import { type WriteRequest, write } from '../../shared/cluster/writer.ts';
import type { Permit } from '../../shared/gate/permit.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { uidOf } from './preview.ts';

/** A pod that has not left its node. */
export interface Remaining {
  readonly pod: KubeObject;
  readonly why: string;
}

/** Milliseconds between two looks: a budget that blocks may open when a new pod gets ready. */
const PAUSE = 1_000;

/** An eviction honours PodDisruptionBudgets (429 while one forbids it), and ends exactly this pod (its uid). */
export function eviction(pods: Resource, pod: KubeObject, graceSeconds: number | undefined): WriteRequest {
  const [name, namespace] = [nameOf(pod), namespaceOf(pod)];
  const deleteOptions = {
    preconditions: { uid: uidOf(pod) },
    ...(graceSeconds !== undefined && { gracePeriodSeconds: graceSeconds }),
  };
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, deleteOptions };
  return { ref: { resource: pods, namespace, name }, method: 'POST', subresource: 'eviction', body };
}

/** Evicts pods and waits until they are gone, or until `deadline` (milliseconds since the epoch). Names what remains. */
export async function evictAll(
  cluster: Cluster,
  permit: Permit,
  requests: readonly { readonly pod: KubeObject; readonly request: WriteRequest }[],
  clock: Clock,
  deadline: number,
): Promise<readonly Remaining[]> {
  let remaining = requests.map((each) => ({ ...each, why: 'not tried yet', evicted: false }));
  for (;;) {
    const looked = await Promise.all(
      remaining.map(async (each) => {
        const { evicted, why } = each.evicted ? each : await evict(cluster, permit, each.request);
        const gone = evicted && (await isGone(cluster, each.request.ref, each.pod, permit.signal));
        return { ...each, evicted, why, gone };
      }),
    );
    remaining = looked.filter(({ gone }) => !gone);
    if (remaining.length === 0 || clock.now() >= deadline) return remaining;
    await timers.setTimeout(PAUSE, undefined, { signal: permit.signal });
  }
}

async function evict(cluster: Cluster, permit: Permit, request: WriteRequest) {
  try {
    await write(cluster, permit, request);
    return { evicted: true, why: 'is still ending' };
  } catch (error) {
    if (error instanceof OpsError && (error.code === 'not_found' || error.code === 'conflict')) {
      return { evicted: true, why: 'is still ending' };
    }
    // One that is refused for good keeps nobody from evicting the others.
    if (error instanceof OpsError && !permit.signal.aborted) {
      const blocked = isHttp(error, 429);
      return { evicted: false, why: blocked ? 'a PodDisruptionBudget keeps it' : error.message };
    }
    throw error;
  }
}

/** A new pod may have the same name (StatefulSet): it is not the one that left. */
async function isGone(cluster: Cluster, ref: ObjectRef, pod: KubeObject, signal: AbortSignal): Promise<boolean> {
  const now = await cluster.find(ref, signal);
  return now === undefined || uidOf(now) !== uidOf(pod);
}
