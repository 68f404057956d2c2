import { z } from 'zod';
import { type Cluster, describeRef, type ObjectRef, pathOf } from '../../../shared/cluster/cluster.ts';
import { getNamed } from '../../../shared/cluster/near.ts';
import { type KubeObject, label } from '../../../shared/cluster/objects.ts';
import type { Answer } from '../../../shared/gate/call.ts';
import { arrayAt, stringAt } from '../../../shared/kernel/json.ts';
import { kubectlTool } from '../deps.ts';
import { short } from '../fit.ts';
import { troubleLines } from '../health/pod-groups.ts';
import { type Progress, progressOf } from '../health/progress.ts';
import { locateOne, targetOf } from '../locate.ts';
import { kind, name, namespace } from '../params.ts';
import { versionOf } from '../preview.ts';
import { podsOf, type RankedPod } from '../workload-pods.ts';
import { demandKind } from '../workloads.ts';

export const rolloutStatus = kubectlTool({
  name: 'rollout_status',
  summary: 'How far a rollout is, and what holds it up.',
  verb: 'status',
  effect: 'read',
  input: z.strictObject({
    kind,
    name: name.optional(),
    namespace,
    wait: z.int().min(0).max(60).default(0).describe('Seconds to wait for its end.'),
  }),
  target: async (input, { cluster }, signal) => [targetOf(await locateOne(cluster, input, signal))],
  run: async ({ wait, ...input }, { cluster, clock }, signal) => {
    const ref = await locateOne(cluster, input, signal);
    demandKind(ref, 'rollout_status');
    const deadline = clock.now() + wait * 1000;
    let workload = await getNamed(cluster, ref, signal);
    for (
      let left = wait;
      left > 0 && progressOf(workload).state === 'rolling';
      left = (deadline - clock.now()) / 1000
    ) {
      await nextChange(cluster, ref, versionOf(workload), left, signal);
      workload = await getNamed(cluster, ref, signal);
    }
    return answer(ref, workload, await podsOf(cluster, ref, clock.now(), signal));
  },
});

/** Seconds of one watch: below the time after which a silent connection counts as broken. */
const WATCH = 10;

/** Returns with the first change after `version`, or after `seconds`. The watch ends with its first byte. */
async function nextChange(
  cluster: Cluster,
  ref: ObjectRef,
  version: string,
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  const { resource, namespace, name } = ref;
  const query = {
    watch: true,
    fieldSelector: `metadata.name=${name}`,
    resourceVersion: version,
    timeoutSeconds: Math.ceil(Math.min(seconds, WATCH)),
  };
  await cluster.send({ method: 'GET', path: pathOf({ resource, namespace }), query, maxBytes: 0, signal });
}

const VERDICTS: Readonly<Record<Progress['state'], string>> = {
  done: 'rolled out',
  rolling: 'still rolling out',
  paused: 'paused: rollout_resume goes on',
  stuck: 'stuck',
  'on delete': 'updates a pod only when it is deleted (OnDelete)',
};

function answer(ref: ObjectRef, workload: KubeObject, pods: readonly RankedPod[]): Answer {
  const { state, reason, wanted, updated, ready, available } = progressOf(workload);
  const verdict = `${VERDICTS[state]}${reason === undefined ? '' : ` (${reason})`}`;
  const numbers = `${wanted} wanted, ${updated} updated, ${ready} ready, ${available} available`;
  const conditions = arrayAt(workload, 'status', 'conditions').map((one) => {
    const because = [stringAt(one, 'reason'), stringAt(one, 'message')].filter(Boolean).join(': ');
    return `${stringAt(one, 'type')}=${stringAt(one, 'status')} ${short(because, 200)}`.trim();
  });
  const troubles = troubleLines(state === 'done' ? pods : ofNewestRevision(pods)).map(({ line }) => line);
  const data = [...troubles, ...conditions].join('\n');
  return { text: `${describeRef(ref)} is ${verdict}: ${numbers}.`, data };
}

/** What holds a rollout up is seen on its newest pods; the old ones may suffer from what it repairs. */
function ofNewestRevision(pods: readonly RankedPod[]): readonly RankedPod[] {
  const born = ({ pod }: RankedPod) => stringAt(pod, 'metadata', 'creationTimestamp') ?? '';
  const hash = ({ pod }: RankedPod) => label(pod, 'pod-template-hash') ?? label(pod, 'controller-revision-hash');
  const [newest] = pods.toSorted((a, b) => born(b).localeCompare(born(a)));
  return newest === undefined ? [] : pods.filter((pod) => hash(pod) === hash(newest));
}
