import { arrayAt, at, isObject, numberAt, stringAt } from '../../shared/kernel/json.ts';
import type { Cluster, ObjectRef } from './cluster/cluster.ts';
import { listAll } from './cluster/lists.ts';
import { annotation, type KubeObject } from './cluster/objects.ts';
import { uidOf } from './preview.ts';

/** A state that a workload's pods once had and can have again. */
export interface Revision {
  readonly number: number;
  /** The pods' template, as the workload would hold it. */
  readonly template: unknown;
  /** `kubernetes.io/change-cause`: why somebody made it. */
  readonly cause: string | undefined;
}

export const CHANGE_CAUSE = 'kubernetes.io/change-cause';
const NUMBER = 'deployment.kubernetes.io/revision';
/** Workloads keep ten unless told otherwise (revisionHistoryLimit). */
const MAX_OBJECTS = 500;

/** A workload's revisions, the newest first: ReplicaSets of a Deployment, else ControllerRevisions. */
export async function revisionsOf(
  cluster: Cluster,
  ref: ObjectRef,
  workload: KubeObject,
  signal: AbortSignal,
): Promise<readonly Revision[]> {
  const byReplicaSet = ref.resource.kind === 'Deployment';
  const resource = await cluster.resolve(byReplicaSet ? 'replicasets.apps' : 'controllerrevisions.apps', signal);
  const { items } = await listAll(cluster, { resource, namespace: ref.namespace, cap: MAX_OBJECTS }, signal);
  const owned = items.filter((item) =>
    arrayAt(item, 'metadata', 'ownerReferences').some((owner) => stringAt(owner, 'uid') === uidOf(workload)),
  );
  const revisions = owned.flatMap((item) => (byReplicaSet ? fromReplicaSet(item) : fromControllerRevision(item)));
  return revisions.sort((a, b) => b.number - a.number);
}

function fromReplicaSet(set: KubeObject): readonly Revision[] {
  const number = Number(annotation(set, NUMBER));
  const template = at(set, 'spec', 'template');
  const metadata = at(template, 'metadata');
  if (!Number.isInteger(number) || !isObject(template) || !isObject(metadata)) return [];
  const { 'pod-template-hash': _, ...labels } = isObject(metadata.labels) ? metadata.labels : {};
  return [
    { number, template: { ...template, metadata: { ...metadata, labels } }, cause: annotation(set, CHANGE_CAUSE) },
  ];
}

/** Its data is a patch that replaces the whole template. */
function fromControllerRevision(revision: KubeObject): readonly Revision[] {
  const number = numberAt(revision, 'revision');
  const template = at(revision, 'data', 'spec', 'template');
  if (number === undefined || !isObject(template)) return [];
  const { $patch: _, ...kept } = template;
  return [{ number, template: kept, cause: annotation(revision, CHANGE_CAUSE) }];
}
