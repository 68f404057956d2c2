import { z } from 'zod';
import { type Cluster, describeRef } from '../../../shared/cluster/cluster.ts';
import { getNamed } from '../../../shared/cluster/near.ts';
import { identityOf, type KubeObject } from '../../../shared/cluster/objects.ts';
import { isHttp } from '../../../shared/cluster/status.ts';
import { tryOut, type WriteRequest } from '../../../shared/cluster/writer.ts';
import type { Answer } from '../../../shared/gate/call.ts';
import type { Permit } from '../../../shared/gate/permit.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { at } from '../../../shared/kernel/json.ts';
import { count } from '../../../shared/kernel/text.ts';
import { type KubectlDeps, kubectlTool } from '../deps.ts';
import { names, planDrain } from '../drain-plan.ts';
import { type Edit, editOf, mergeSpec, writeEdit } from '../edit.ts';
import { evictAll, eviction } from '../evict.ts';
import { locateOne, targetOf } from '../locate.ts';
import { name, why } from '../params.ts';
import { uidOf } from '../preview.ts';

const input = z.strictObject({
  name,
  force: z.boolean().default(false).describe('End pods without a controller, too.'),
  delete_emptydir_data: z.boolean().default(false).describe('Accept the loss of emptyDir data.'),
  grace_seconds: z.int().min(0).max(90).optional().describe('Time for a pod to end.'),
  timeout_seconds: z.int().min(5).max(110).default(90).describe('How long to wait for budgets and pods.'),
  why,
});

export const drain = kubectlTool({
  name: 'drain',
  summary: 'Cordon a node and evict its pods, within disruption budgets. Forbidden by default.',
  verb: 'drain',
  effect: 'write',
  destructive: true,
  input,
  target: async ({ name }, { cluster }, signal) => [
    targetOf(await locateOne(cluster, { kind: 'nodes', name }, signal)),
  ],
  plan: async (input, deps, signal) => {
    const { cluster } = deps;
    const ref = await locateOne(cluster, { kind: 'nodes', name: input.name }, signal);
    const node = await getNamed(cluster, ref, signal);
    const { leaving, staying, pods } = await planDrain(cluster, ref, input, signal);
    const closing = editOf(cluster, ref, node, mergeSpec(ref, { unschedulable: true }), signal);
    await closing.tried();
    const evictions = leaving.map((pod) => ({ pod, request: eviction(pods, pod, input.grace_seconds) }));
    const blocked = await blockedNow(cluster, evictions, signal);
    return {
      preview: {
        change: `takes no new pods; ${count(leaving.length, 'pod')} evicted, ${staying.length} stay`,
        risk: riskOf(blocked),
        details: [
          `drain ${describeRef(ref)}`,
          `evicted: ${names(leaving) || 'none'}`,
          `stay with the node (DaemonSet, mirror): ${names(staying) || 'none'}`,
          `held by a PodDisruptionBudget now: ${names(blocked) || 'none'}`,
        ].join('\n'),
        seen: [identityOf(node), leaving.map(uidOf).sort()],
      },
      run: (permit) => run(deps, permit, { closing, evictions, seconds: input.timeout_seconds }),
    };
  },
});

function riskOf(blocked: readonly KubeObject[]): string {
  return blocked.length > 0
    ? `budgets hold ${count(blocked.length, 'pod')} for now`
    : 'these pods restart on other nodes';
}

/** Tries each eviction out: a missing right is an error now, a budget that blocks is worth knowing. */
async function blockedNow(
  cluster: Cluster,
  evictions: readonly { readonly pod: KubeObject; readonly request: WriteRequest }[],
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const tried = evictions.map(async ({ pod, request }) => {
    try {
      await tryOut(cluster, request, signal);
      return [];
    } catch (error) {
      if (isHttp(error, 429)) return [pod];
      // It has ended meanwhile.
      if (isHttp(error, 404)) return [];
      throw error;
    }
  });
  return (await Promise.all(tried)).flat();
}

interface Run {
  readonly closing: Edit;
  readonly evictions: Parameters<typeof evictAll>[2];
  readonly seconds: number;
}

async function run({ cluster, clock }: KubectlDeps, permit: Permit, plan: Run): Promise<Answer> {
  const { closing, evictions, seconds } = plan;
  const what = describeRef(closing.ref);
  if (at(closing.live, 'spec', 'unschedulable') !== true) await writeEdit(cluster, permit, closing);
  const remaining = await evictAll(cluster, permit, evictions, clock, clock.now() + seconds * 1000);
  if (remaining.length === 0) {
    return { text: `${what} is drained: ${count(evictions.length, 'pod')} left. uncordon opens it again.` };
  }
  const list = remaining.map(({ pod, why }) => `${names([pod])} (${why})`).join(', ');
  throw new OpsError(
    'precondition_failed',
    `${what} is not empty after ${seconds} s: ${count(evictions.length - remaining.length, 'pod')} left; these remain: ${list}.`,
    'It takes no new pods. Call drain again to go on, or uncordon to stop.',
  );
}
