import { z } from 'zod';
import { type Cluster, describeRef, type ObjectRef } from '../../../shared/cluster/cluster.ts';
import { listAll } from '../../../shared/cluster/lists.ts';
import { getNamed } from '../../../shared/cluster/near.ts';
import { identityOf, nameOf, replicasOf } from '../../../shared/cluster/objects.ts';
import { PATCH_TYPES, tryOut, type WriteRequest, write } from '../../../shared/cluster/writer.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { numberAt, stringAt } from '../../../shared/kernel/json.ts';
import { asSeen } from '../as-seen.ts';
import { kubectlTool, oncePerCall } from '../deps.ts';
import { nothingToDo } from '../edit.ts';
import { factsOf } from '../facts.ts';
import { locateOne, targetOf } from '../locate.ts';
import { kind, name, namespace, why } from '../params.ts';
import { warningLines } from '../preview.ts';

const input = z.strictObject({
  kind,
  name,
  namespace,
  replicas: z.int().min(0).max(50).describe('Wanted count.'),
  why,
});

const read = oncePerCall(async (spelled: z.output<typeof input>, { cluster }, signal) => {
  const ref = await locateOne(cluster, spelled, signal);
  if (!ref.resource.subresources.includes('scale')) throw notScalable(ref);
  return { ref, workload: await getNamed(cluster, ref, signal) };
});

export const scale = kubectlTool({
  name: 'scale',
  summary: 'Set the replica count of one workload.',
  verb: 'scale',
  effect: 'write',
  destructive: false,
  input,
  target: async (input, deps, signal) => {
    const { ref, workload } = await read(input, deps, signal);
    return [{ ...targetOf(ref), facts: await factsOf(deps.cluster, { ref, live: workload }, signal) }];
  },
  plan: async (input, deps, signal) => {
    const { ref, workload } = await read(input, deps, signal);
    const [from, to] = [replicasOf(workload), input.replicas];
    if (from === to) throw nothingToDo(describeRef(ref));
    const request = scaleTo(ref, to);
    const tried = (version: string) => tryOut(deps.cluster, request(version), signal);
    const { warnings } = await asSeen(deps.cluster, ref, workload, signal, tried);
    const autoscaler = await autoscalerOf(deps.cluster, ref, signal);
    const risk = to === 0 ? 'it stops serving' : to < from ? 'pods are ended' : 'needs room on the nodes';
    return {
      preview: {
        change: `replicas ${from} → ${to}`,
        risk: autoscaler === undefined ? risk : `${risk}; ${autoscaler}`,
        details: [`${describeRef(ref)}: replicas ${from} → ${to}`, ...warningLines(warnings)].join('\n'),
        seen: identityOf(workload),
      },
      run: async (permit) => {
        const send = (version: string) => write(deps.cluster, permit, request(version));
        await asSeen(deps.cluster, ref, workload, permit.signal, send);
        return { text: `${describeRef(ref)} is scaled from ${from} to ${to}. Follow it with rollout_status.` };
      },
    };
  },
});

/** The scale subresource exists for every kind that can be scaled, custom resources included. */
function scaleTo(ref: ObjectRef, replicas: number): (resourceVersion: string) => WriteRequest {
  return (resourceVersion) => {
    const body = { metadata: { resourceVersion }, spec: { replicas } };
    return { ref, method: 'PATCH', subresource: 'scale', contentType: PATCH_TYPES.merge, body };
  };
}

/** An autoscaler changes the count again, unless it is 0, which switches the autoscaler off. */
async function autoscalerOf(cluster: Cluster, ref: ObjectRef, signal: AbortSignal): Promise<string | undefined> {
  const resource = await cluster.resolve('horizontalpodautoscalers.autoscaling', signal);
  const list = { resource, namespace: ref.namespace, cap: 500 };
  // Whoever may not see autoscalers scales without this note.
  const { items } = await listAll(cluster, list, signal).catch(() => ({ items: [] }));
  const found = items.find(
    ({ spec }) =>
      stringAt(spec, 'scaleTargetRef', 'kind') === ref.resource.kind &&
      stringAt(spec, 'scaleTargetRef', 'name') === ref.name,
  );
  if (found === undefined) return undefined;
  const { spec } = found;
  return `HorizontalPodAutoscaler/${nameOf(found)} keeps it between ${numberAt(spec, 'minReplicas') ?? 1} and ${numberAt(spec, 'maxReplicas')}`;
}

function notScalable({ resource }: ObjectRef): OpsError {
  const hint = 'Deployment, StatefulSet, ReplicaSet and some custom resources can; a DaemonSet runs once on each node.';
  return new OpsError('invalid_input', `A ${resource.kind} cannot be scaled.`, hint);
}
