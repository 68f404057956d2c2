import type { Endpoint } from '../../shared/cluster/cluster.ts';
import { arrayAt, numberAt, stringAt } from '../../shared/kernel/json.ts';
import { count } from '../../shared/kernel/text.ts';

interface Judgement {
  readonly ready: boolean;
  readonly text: string;
}

interface Judged {
  readonly resource: Endpoint;
  readonly judge: (object: unknown) => Judgement;
}

const resource = (group: string, plural: string, namespaced = true) => ({ group, version: 'v1', plural, namespaced });

/** The kinds whose state says whether they work. The rules of a rollout are those of `kubectl rollout status`. */
export const JUDGED: ReadonlyMap<string, Judged> = new Map([
  ['Pod', { resource: resource('', 'pods'), judge: pod }],
  ['Deployment', { resource: resource('apps', 'deployments'), judge: deployment }],
  ['StatefulSet', { resource: resource('apps', 'statefulsets'), judge: statefulSet }],
  ['DaemonSet', { resource: resource('apps', 'daemonsets'), judge: daemonSet }],
  ['ReplicaSet', { resource: resource('apps', 'replicasets'), judge: replicaSet }],
  ['Job', { resource: resource('batch', 'jobs'), judge: job }],
  ['CronJob', { resource: resource('batch', 'cronjobs'), judge: cronJob }],
  ['Node', { resource: resource('', 'nodes', false), judge: node }],
  ['PersistentVolumeClaim', { resource: resource('', 'persistentvolumeclaims'), judge: claim }],
]);

interface Numbers {
  readonly wanted: number;
  /** How many have to be of the newest template, and how many are. */
  readonly renewed: number;
  readonly updated: number;
  readonly ready: number;
  readonly old: number;
}

const status = (object: unknown, field: string) => numberAt(object, 'status', field) ?? 0;

function deployment(object: unknown): Judgement {
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
  const updated = status(object, 'updatedReplicas');
  const old = status(object, 'replicas') - updated;
  return rollout(object, { wanted, renewed: wanted, updated, ready: status(object, 'availableReplicas'), old });
}

function statefulSet(object: unknown): Judgement {
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
  const partition = numberAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  const renewed = onDelete(object) ? 0 : Math.max(0, wanted - partition);
  const updated = status(object, 'updatedReplicas');
  return rollout(object, { wanted, renewed, updated, ready: status(object, 'readyReplicas'), old: 0 });
}

function daemonSet(object: unknown): Judgement {
  const wanted = status(object, 'desiredNumberScheduled');
  const renewed = onDelete(object) ? 0 : wanted;
  const updated = status(object, 'updatedNumberScheduled');
  return rollout(object, { wanted, renewed, updated, ready: status(object, 'numberAvailable'), old: 0 });
}

function replicaSet(object: unknown): Judgement {
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
  return rollout(object, { wanted, renewed: 0, updated: 0, ready: status(object, 'availableReplicas'), old: 0 });
}

function rollout(object: unknown, { wanted, renewed, updated, ready, old }: Numbers): Judgement {
  if (status(object, 'observedGeneration') < (numberAt(object, 'metadata', 'generation') ?? 0))
    return { ready: false, text: 'its controller has not seen the newest change yet' };
  if (updated < renewed) return { ready: false, text: `${updated} of ${count(renewed, 'pod')} renewed` };
  if (old > 0) return { ready: false, text: `${count(old, 'old pod')} still there` };
  if (wanted === 0) return { ready: true, text: 'it wants no pods' };
  return { ready: ready >= wanted, text: `${Math.min(ready, wanted)} of ${count(wanted, 'pod')} ready` };
}

function onDelete(object: unknown): boolean {
  return stringAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete';
}

function job(object: unknown): Judgement {
  const failed = condition(object, 'Failed');
  if (stringAt(failed, 'status') === 'True')
    return { ready: false, text: `failed (${stringAt(failed, 'reason') ?? 'no reason given'})` };
  const complete = stringAt(condition(object, 'Complete'), 'status') === 'True';
  return { ready: complete, text: complete ? 'succeeded' : 'has not ended yet' };
}

/** Its next run may be a day away. */
function cronJob(): Judgement {
  return { ready: true, text: 'there; nobody waits for its next run' };
}

function node(object: unknown): Judgement {
  const ready = condition(object, 'Ready');
  if (stringAt(ready, 'status') === 'True') return { ready: true, text: 'ready' };
  return { ready: false, text: `not ready (${stringAt(ready, 'reason') ?? 'no reason given'})` };
}

function claim(object: unknown): Judgement {
  const phase = stringAt(object, 'status', 'phase') ?? 'without a phase';
  return { ready: phase === 'Bound', text: phase };
}

function pod(object: unknown): Judgement {
  const phase = stringAt(object, 'status', 'phase') ?? 'without a phase';
  if (phase === 'Succeeded') return { ready: true, text: 'succeeded' };
  if (stringAt(condition(object, 'Ready'), 'status') === 'True') return { ready: true, text: 'ready' };
  const waits = arrayAt(object, 'status', 'containerStatuses').flatMap(
    (container) => stringAt(container, 'state', 'waiting', 'reason') ?? [],
  );
  return { ready: false, text: `not ready (${waits[0] ?? phase})` };
}

function condition(object: unknown, type: string): unknown {
  return arrayAt(object, 'status', 'conditions').find((each) => stringAt(each, 'type') === type);
}
