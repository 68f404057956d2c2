import { z } from 'zod';
import { describeRef, type ObjectRef } from '../../../shared/cluster/cluster.ts';
import { isOurs, OURS_FLOOR } from '../../../shared/cluster/floors.ts';
import { getNamed } from '../../../shared/cluster/near.ts';
import { identityOf, type KubeObject } from '../../../shared/cluster/objects.ts';
import { tryOut, type WriteRequest, write } from '../../../shared/cluster/writer.ts';
import { arrayAt, at } from '../../../shared/kernel/json.ts';
import { asSeen } from '../as-seen.ts';
import { kubectlTool, oncePerCall } from '../deps.ts';
import { factsOf } from '../facts.ts';
import { madeByPeople } from '../inventory.ts';
import { locateOne, targetOf } from '../locate.ts';
import { kind, name, namespace, why } from '../params.ts';
import { uidOf, warningLines } from '../preview.ts';
import { reachLines, reachOf } from '../reach.ts';

const POLICIES = { background: 'Background', foreground: 'Foreground', orphan: 'Orphan' } as const;

const input = z.strictObject({
  kind,
  name,
  namespace,
  propagation: z
    .enum(['background', 'foreground', 'orphan'])
    .default('background')
    .describe('orphan keeps what it owns.'),
  grace_seconds: z.int().min(0).max(3600).optional().describe('Time for pods to end; 0 kills at once.'),
  why,
});
type Input = z.output<typeof input>;

const read = oncePerCall(async (input: Input, { cluster }, signal) => {
  const ref = await locateOne(cluster, input, signal);
  const live = await getNamed(cluster, ref, signal);
  return { ref, live, reach: await reachOf(cluster, ref, live, signal) };
});

export const deleteObject = kubectlTool({
  name: 'delete',
  summary: 'Delete one object. The preview names all that goes with it.',
  verb: 'delete',
  effect: 'write',
  destructive: true,
  input,
  target: async (input, deps, signal) => {
    const { ref, live, reach } = await read(input, deps, signal);
    const facts = await factsOf(deps.cluster, { ref, live }, signal);
    const takesOurs = reach.dependents.some(({ object }) => isOurs(object));
    return [{ ...targetOf(ref), facts: takesOurs ? { ...facts, floor: OURS_FLOOR } : facts }];
  },
  plan: async (input, deps, signal) => {
    const { ref, live, reach } = await read(input, deps, signal);
    const request = removal(ref, live, input);
    const tried = (version: string) => tryOut(deps.cluster, request(version), signal);
    const { warnings } = await asSeen(deps.cluster, ref, live, signal, tried);
    const orphans = input.propagation === 'orphan';
    return {
      preview: {
        change: `deletes it${input.grace_seconds === 0 ? ', without time to end' : ''}`,
        risk: orphans ? 'what it owns stays without an owner' : reach.risk,
        details: [
          `delete ${describeRef(ref)} (${input.propagation})`,
          ...reachLines(reach, orphans),
          ...finalizerLines(live),
          ...warningLines(warnings),
        ].join('\n'),
        seen: [identityOf(live), madeByPeople(reach.dependents)],
      },
      run: async (permit) => {
        const send = (version: string) => write(deps.cluster, permit, request(version));
        const { object } = await asSeen(deps.cluster, ref, live, permit.signal, send);
        return { text: `${describeRef(ref)} is ${isEnding(object) ? WAITS : 'deleted'}.` };
      },
    };
  },
});

const WAITS = 'being deleted: it ends when its pods and finalizers have';

function isEnding(object: KubeObject): boolean {
  return at(object, 'metadata', 'deletionTimestamp') !== undefined;
}

function finalizerLines(live: KubeObject): readonly string[] {
  const finalizers = arrayAt(live, 'metadata', 'finalizers');
  return finalizers.length === 0 ? [] : [`it stays until these finalizers are done: ${finalizers.join(', ')}`];
}

function removal(ref: ObjectRef, live: KubeObject, input: Input): (resourceVersion: string) => WriteRequest {
  const options = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: POLICIES[input.propagation],
    ...(input.grace_seconds !== undefined && { gracePeriodSeconds: input.grace_seconds }),
  };
  return (resourceVersion) => {
    const preconditions = { uid: uidOf(live), resourceVersion };
    return { ref, method: 'DELETE', body: { ...options, preconditions } };
  };
}
