import type { Cluster, ObjectRef } from '../../shared/cluster/cluster.ts';
import { listAll } from '../../shared/cluster/lists.ts';
import { annotation, controllerOf, type KubeObject, nameOf } from '../../shared/cluster/objects.ts';
import { selectorOf } from '../../shared/cluster/selector.ts';
import { arrayAt, at, isObject, numberAt, stringAt } from '../../shared/kernel/json.ts';

/** One stored state of a workload's pod template. */
export interface Revision {
  readonly number: number;
  /** The ReplicaSet or ControllerRevision that holds it. */
  readonly object: KubeObject;
  readonly current: boolean;
  /** What whoever made it wrote in `kubernetes.io/change-cause`. */
  readonly cause: string | undefined;
  /** The pods' template, as the workload itself would hold it. */
  readonly template: unknown;
  readonly images: readonly string[];
  readonly created: string | undefined;
}

export const CHANGE_CAUSE = 'kubernetes.io/change-cause';
/** Set by the Deployment controller on its ReplicaSets. */
const REVISION = 'deployment.kubernetes.io/revision';
const CAP = 500;

/** A workload's revisions, oldest first: a Deployment's are ReplicaSets, the others' are ControllerRevisions. */
export async function revisionsOf(
  cluster: Cluster,
  ref: ObjectRef,
  workload: KubeObject,
  signal: AbortSignal,
): Promise<readonly Revision[]> {
  const deployment = ref.resource.kind === 'Deployment';
  const resource = await cluster.resolve(deployment ? 'replicasets.apps' : 'controllerrevisions.apps', signal);
  const labels = selectorOf(workload);
  const { items } = await listAll(cluster, { resource, namespace: ref.namespace, labels, cap: CAP }, signal);
  const owned = items.filter((item) => {
    const owner = controllerOf(item);
    return owner?.kind === ref.resource.kind && owner.name === ref.name;
  });
  const revisions = owned.map(deployment ? fromReplicaSet : fromControllerRevision).sort((a, b) => a.number - b.number);
  const current = currentOf(workload, revisions);
  return revisions.map((revision) => ({ ...revision, current: revision === current }));
}

type Stored = Omit<Revision, 'current'>;

function fromReplicaSet(replicaSet: KubeObject): Stored {
  return stored(replicaSet, Number(annotation(replicaSet, REVISION) ?? 0), at(replicaSet, 'spec', 'template'));
}

/** Its data is a patch of the workload: `{ spec: { template } }`. */
function fromControllerRevision(revision: KubeObject): Stored {
  return stored(revision, numberAt(revision, 'revision') ?? 0, at(revision, 'data', 'spec', 'template'));
}

function stored(object: KubeObject, number: number, template: unknown): Stored {
  return {
    number,
    object,
    cause: annotation(object, CHANGE_CAUSE),
    template: ownTemplate(template),
    images: arrayAt(template, 'spec', 'containers').flatMap((container) => stringAt(container, 'image') ?? []),
    created: stringAt(object, 'metadata', 'creationTimestamp'),
  };
}

/** Without the hash that names a ReplicaSet, and the mark that makes a ControllerRevision's patch replace. */
function ownTemplate(template: unknown): unknown {
  if (!isObject(template) || !isObject(template.metadata)) return template;
  const { $patch: _, ...rest } = template;
  const { 'pod-template-hash': __, ...labels } = isObject(template.metadata.labels) ? template.metadata.labels : {};
  return { ...rest, metadata: { ...template.metadata, labels } };
}

/** What the workload wants now: while it rolls, this is the new one. */
function currentOf(workload: KubeObject, revisions: readonly Stored[]): Stored | undefined {
  const number = annotation(workload, REVISION);
  if (number !== undefined) return revisions.find((revision) => String(revision.number) === number);
  const name = stringAt(workload, 'status', 'updateRevision');
  return revisions.find(({ object }) => nameOf(object) === name) ?? revisions.at(-1);
}
