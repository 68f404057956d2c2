import { z } from 'zod';
import { describeRef, type ObjectRef } from '../cluster/cluster.ts';
import { identityOf, replicasOf } from '../cluster/objects.ts';
import { PATCH_TYPES, tryOut, type WriteRequest, write } from '../cluster/writer.ts';
import { kubectlTool } from '../deps.ts';
import { factsFor } from '../facts.ts';
import { locateOne, targetOf } from '../locate.ts';
import { kind, name, namespace, why } from '../params.ts';
import { versionOf, warningLines } from '../preview.ts';

export const scale = kubectlTool({
  name: 'scale',
  summary: 'Set the replica count of one workload. Asks the user first.',
  verb: 'scale',
  effect: 'write',
  destructive: false,
  input: z.strictObject({ kind, name, namespace, replicas: z.int().min(0).max(50).describe('Wanted count.'), why }),
  target: async (input, { cluster }, signal) => {
    const ref = await locateOne(cluster, input, signal);
    return [{ ...targetOf(ref), facts: await factsFor(cluster, ref, signal) }];
  },
  plan: async ({ replicas, ...spelled }, { cluster }, signal) => {
    const ref = await locateOne(cluster, spelled, signal);
    const workload = await cluster.get(ref, signal);
    const request = scaleTo(ref, replicas, versionOf(workload));
    const { warnings } = await tryOut(cluster, request, signal);
    const from = replicasOf(workload);
    return {
      preview: {
        change: `replicas ${from} → ${replicas}`,
        risk: replicas === 0 ? 'it stops serving' : replicas < from ? 'pods are ended' : 'needs room on the nodes',
        details: [`${describeRef(ref)}: replicas ${from} → ${replicas}`, ...warningLines(warnings)].join('\n'),
        seen: identityOf(workload),
      },
      run: async (permit) => {
        await write(cluster, permit, request);
        return { text: `${describeRef(ref)} is scaled from ${from} to ${replicas}. Follow it with rollout_status.` };
      },
    };
  },
});

/** The scale subresource exists for every kind that can be scaled, custom resources included. */
function scaleTo(ref: ObjectRef, replicas: number, resourceVersion: string): WriteRequest {
  const body = { metadata: { resourceVersion }, spec: { replicas } };
  return { ref, method: 'PATCH', subresource: 'scale', contentType: PATCH_TYPES.merge, body };
}
