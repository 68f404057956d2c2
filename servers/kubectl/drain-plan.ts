import { type Cluster, describeRef, type ObjectRef } from '../../shared/cluster/cluster.ts';
import type { Resource } from '../../shared/cluster/discovery.ts';
import { listAll } from '../../shared/cluster/lists.ts';
import { annotation, controllerOf, type KubeObject, nameOf, namespaceOf } from '../../shared/cluster/objects.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, at, stringAt } from '../../shared/kernel/json.ts';
import { isFinished, type Shortage, shortageOf } from './capacity.ts';
import { volumesByPod } from './volumes.ts';

export interface DrainOptions {
  readonly force: boolean;
  readonly delete_emptydir_data: boolean;
}

/** The pods of a node, by what a drain does with them. */
export interface DrainPlan {
  /** Evicted, one by one. */
  readonly leaving: readonly KubeObject[];
  /** Pods of DaemonSets and of the node itself: they belong to it. */
  readonly staying: readonly KubeObject[];
  readonly pods: Resource;
}

/** Pods of the cluster at most: three Raspberry Pis hold 330. */
const MAX_PODS = 5000;

/** Plans a drain, or refuses it as kubectl does, and with arithmetic where the other nodes cannot hold the pods. */
export async function planDrain(
  cluster: Cluster,
  node: ObjectRef,
  options: DrainOptions,
  signal: AbortSignal,
): Promise<DrainPlan> {
  const pods = await cluster.resolve('pods', signal);
  const [all, nodes, volumesOf] = await Promise.all([
    listAll(cluster, { resource: pods, cap: MAX_PODS }, signal),
    listAll(cluster, { resource: node.resource, cap: MAX_PODS }, signal),
    volumesByPod(cluster, signal),
  ]);
  const here = all.items.filter((pod) => stringAt(pod, 'spec', 'nodeName') === node.name);
  const leaving = here.filter((pod) => !belongsToNode(pod));
  refuseLoss(node, leaving, options);
  const moving = leaving.filter((pod) => !isFinished(pod) && controllerOf(pod) !== undefined);
  const others = nodes.items.filter((other) => nameOf(other) !== node.name);
  const shortage = shortageOf(node.name, moving, others, all.items, volumesOf);
  if (shortage !== undefined) throw noRoom(shortage);
  return { leaving, staying: here.filter(belongsToNode), pods };
}

function noRoom({ text, homeless }: Shortage): OpsError {
  return new OpsError(
    'precondition_failed',
    `The other nodes cannot hold the pods: ${text}. No place for ${names(homeless)}.`,
    'Scale something down or free a node first.',
  );
}

function belongsToNode(pod: KubeObject): boolean {
  const owner = controllerOf(pod)?.kind;
  return owner === 'DaemonSet' || owner === 'Node' || annotation(pod, 'kubernetes.io/config.mirror') !== undefined;
}

/** What would be lost is lost only when a parameter says so. */
function refuseLoss(node: ObjectRef, leaving: readonly KubeObject[], options: DrainOptions): void {
  const bare = leaving.filter((pod) => controllerOf(pod) === undefined && !isFinished(pod));
  const scratch = leaving.filter((pod) => !isFinished(pod) && usesEmptyDir(pod));
  const problems = [
    !options.force &&
      bare.length > 0 &&
      `${names(bare)}: no controller starts it elsewhere (force=true ends it for good)`,
    !options.delete_emptydir_data &&
      scratch.length > 0 &&
      `${names(scratch)}: emptyDir data would be lost (delete_emptydir_data=true accepts that)`,
  ].filter((problem) => problem !== false);
  if (problems.length === 0) return;
  const hint = 'Move or save what is there first, or set the parameter.';
  throw new OpsError('precondition_failed', `${describeRef(node)} is not drained. ${problems.join('. ')}.`, hint);
}

function usesEmptyDir(pod: KubeObject): boolean {
  return arrayAt(pod, 'spec', 'volumes').some((volume) => at(volume, 'emptyDir') !== undefined);
}

export function names(pods: readonly KubeObject[]): string {
  return pods.map((pod) => `${namespaceOf(pod)}/${nameOf(pod)}`).join(', ');
}
