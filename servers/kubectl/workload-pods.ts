import { type Cluster, describeRef, type ObjectRef } from '../../shared/cluster/cluster.ts';
import { listAll } from '../../shared/cluster/lists.ts';
import { getNamed } from '../../shared/cluster/near.ts';
import { controllerOf, type KubeObject, nameOf } from '../../shared/cluster/objects.ts';
import { selectorOf } from '../../shared/cluster/selector.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { at, stringAt } from '../../shared/kernel/json.ts';
import { condition } from './health/conditions.ts';
import { type Trouble, troubleOf } from './health/pod-trouble.ts';

/** Pods of one workload that are looked at. */
const PODS = 500;

export interface RankedPod {
  readonly pod: KubeObject;
  readonly trouble: Trouble | undefined;
}

/** The pods of a workload, the worst first: in trouble, then not ready, then the newest. */
export async function podsOf(
  cluster: Cluster,
  ref: ObjectRef,
  now: number,
  signal: AbortSignal,
): Promise<readonly RankedPod[]> {
  const labels = await podLabels(cluster, ref, signal);
  const pods = await cluster.resolve('pods', signal);
  const { items } = await listAll(cluster, { resource: pods, namespace: ref.namespace, labels, cap: PODS }, signal);
  return rank(items, now);
}

export function rank(pods: readonly KubeObject[], now: number): readonly RankedPod[] {
  return pods
    .map((pod) => ({ pod, trouble: troubleOf(pod, now) }))
    .sort((a, b) => badness(b) - badness(a) || created(b.pod) - created(a.pod));
}

function badness({ pod, trouble }: RankedPod): number {
  const ready = stringAt(condition(pod, 'Ready'), 'status') === 'True';
  return 2 * (trouble?.severity ?? 0) + (ready ? 0 : 1);
}

const created = (object: unknown) => Date.parse(stringAt(object, 'metadata', 'creationTimestamp') ?? '') || 0;

async function podLabels(cluster: Cluster, ref: ObjectRef, signal: AbortSignal): Promise<string> {
  const workload = await getNamed(cluster, ref, signal);
  const selected = at(workload, 'spec', 'jobTemplate') === undefined ? workload : await newestJob(cluster, ref, signal);
  const labels = selectorOf(selected);
  if (labels !== undefined) return labels;
  throw new OpsError('invalid_input', `${describeRef(ref)} selects no pods.`, 'Name a pod, or a workload.');
}

/** A CronJob has no selector of its own: its newest Job has. */
async function newestJob(cluster: Cluster, ref: ObjectRef, signal: AbortSignal): Promise<KubeObject | undefined> {
  const jobs = await cluster.resolve('jobs.batch', signal);
  const { items } = await listAll(cluster, { resource: jobs, namespace: ref.namespace, cap: PODS }, signal);
  return items
    .filter((job) => controllerOf(job)?.kind === ref.resource.kind && controllerOf(job)?.name === ref.name)
    .sort((a, b) => created(b) - created(a) || nameOf(b).localeCompare(nameOf(a)))[0];
}
