import { z } from 'zod';
import { describeRef, type ObjectRef } from '../../../shared/cluster/cluster.ts';
import { getNamed } from '../../../shared/cluster/near.ts';
import { controllerOf, identityOf, type KubeObject } from '../../../shared/cluster/objects.ts';
import { tryOut, type WriteRequest, write } from '../../../shared/cluster/writer.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { at } from '../../../shared/kernel/json.ts';
import { kubectlTool } from '../deps.ts';
import { locateOne, targetOf } from '../locate.ts';
import { name, namespace, why } from '../params.ts';
import { uidOf, warningLines } from '../preview.ts';

export const restartPod = kubectlTool({
  name: 'restart_pod',
  summary: 'End one pod; its controller starts a new one. A bare pod is refused: use delete.',
  verb: 'restart',
  effect: 'write',
  destructive: true,
  input: z.strictObject({ name, namespace, why }),
  target: async (input, { cluster }, signal) => [
    targetOf(await locateOne(cluster, { ...input, kind: 'pods' }, signal)),
  ],
  plan: async (input, { cluster }, signal) => {
    const ref = await locateOne(cluster, { ...input, kind: 'pods' }, signal);
    const pod = await getNamed(cluster, ref, signal);
    const owner = controllerOf(pod);
    if (owner === undefined || owner.kind === 'Node') throw bare(ref);
    if (at(pod, 'metadata', 'deletionTimestamp') !== undefined) throw ending(ref);
    const request = removal(ref, pod);
    const { warnings } = await tryOut(cluster, request, signal);
    return {
      preview: {
        change: `ends this pod; ${owner.kind}/${owner.name} starts another`,
        risk: 'this pod stops serving until the new one is ready',
        details: [
          `delete ${describeRef(ref)}, controlled by ${owner.kind}/${owner.name}`,
          ...warningLines(warnings),
        ].join('\n'),
        seen: identityOf(pod),
      },
      run: async (permit) => {
        await write(cluster, permit, request);
        return { text: `${describeRef(ref)} is being ended; ${owner.kind}/${owner.name} starts another one.` };
      },
    };
  },
});

function removal(ref: ObjectRef, pod: KubeObject): WriteRequest {
  return {
    ref,
    method: 'DELETE',
    body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: uidOf(pod) } },
  };
}

function ending(ref: ObjectRef): OpsError {
  return new OpsError(
    'precondition_failed',
    `${describeRef(ref)} is ending already.`,
    'Look at the pod that replaces it.',
  );
}

function bare(ref: ObjectRef): OpsError {
  const hint = 'Use delete, which asks a person; or find the workload that should own it.';
  return new OpsError(
    'precondition_failed',
    `${describeRef(ref)} has no controller: nothing would start it again.`,
    hint,
  );
}
