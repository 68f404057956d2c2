import { type Cluster, pathOf } from '../../shared/cluster/cluster.ts';
import { controllerOf, type KubeObject } from '../../shared/cluster/objects.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { Labels } from '../../shared/workflow/definition.ts';
import { type Owner, ownerOf } from '../incidents/owner.ts';
import { JUDGED } from './ready.ts';
import type { Sight } from './sight.ts';

type Reader = Pick<Cluster, 'getJson'>;

/** What a pod that is gone may have belonged to: its name tells the workload’s, and not the kind. */
const OF_PODS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'];

/** Controllers that have one of their own, as a rule. */
const BETWEEN = ['ReplicaSet', 'Job'];

/** Whether whom the alert is about works as it should. About nothing in the cluster, the alert alone tells. */
export async function seeWorkload(cluster: Reader, labels: Labels, signal: AbortSignal): Promise<Sight> {
  const about = await ownerOf(labels, (namespace, pod) => ownerOfPod(cluster, namespace, pod, signal));
  const owner = { ...about, name: exactName(labels, about) };
  for (const kind of kindsOf(owner)) {
    const judged = JUDGED.get(kind);
    const object = await find(cluster, { ...owner, kind }, signal);
    if (judged === undefined || object === undefined) continue;
    const { ready, text } = judged.judge(object);
    return { state: ready ? 'well' : 'ill', text: `${called({ ...owner, kind })}: ${text}.` };
  }
  return notThere(owner, labels);
}

/** The workload of a pod; the pod itself where nothing that is known here controls it; undefined where it is gone. */
export async function ownerOfPod(
  cluster: Reader,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<Owner | undefined> {
  let owner: Owner = { kind: 'Pod', namespace, name };
  let object = await find(cluster, owner, signal);
  if (object === undefined) return undefined;
  for (;;) {
    const controller = controllerOf(object);
    if (controller === undefined || ![...OF_PODS, ...BETWEEN].includes(controller.kind)) return owner;
    owner = { ...controller, namespace };
    object = BETWEEN.includes(owner.kind) ? await find(cluster, owner, signal) : undefined;
    if (object === undefined) return owner;
  }
}

/** An alert about a Job names it; the incident is about its CronJob. */
function exactName(labels: Labels, { kind, name }: Owner): string {
  return (kind === 'Job' && (labels.exported_job_name || labels.job_name)) || name;
}

function kindsOf({ kind, namespace }: Owner): readonly string[] {
  const kinds = kind === 'Pod' ? ['Pod', ...OF_PODS] : kind === 'Container' ? OF_PODS : [kind];
  return namespace === undefined ? kinds.filter((each) => each === 'Node') : kinds;
}

async function find(cluster: Reader, owner: Owner, signal: AbortSignal): Promise<KubeObject | undefined> {
  const judged = JUDGED.get(owner.kind);
  if (judged === undefined) return undefined;
  try {
    const path = pathOf({ resource: judged.resource, namespace: owner.namespace, name: owner.name });
    return await cluster.getJson(path, called(owner), signal);
  } catch (error) {
    if (error instanceof OpsError && error.code === 'not_found') return undefined;
    throw error;
  }
}

/**
 * What is gone raises no alert, and may be gone by mistake: that a Deployment, a claim or a node has to stay is assumed,
 * and a person says otherwise. A Job, and a pod that no workload has made, may go.
 */
function notThere(owner: Owner, labels: Labels): Sight {
  const what = called(owner);
  const pod = labels.exported_pod || labels.pod;
  const known = kindsOf(owner).some((kind) => JUDGED.has(kind)) && owner.kind !== 'Container';
  // An address is no node’s name.
  const isAddress = owner.kind === 'Node' && !(labels.exported_node || labels.node);
  if (!known || isAddress) return { state: 'well', text: `${what}: nothing in the cluster tells more than its alert.` };
  if (owner.kind === 'Job' || (owner.kind === 'Pod' && owner.name === pod))
    return { state: 'well', text: `${what} is gone, as it may.` };
  const all = owner.kind === 'Pod' ? `Pod ${pod} is gone, and there is no ${OF_PODS.join(', ')} ${owner.name}` : what;
  const where = owner.kind === 'Pod' ? ` in ${owner.namespace}` : ' is gone';
  return { state: 'ill', text: `${all}${where}: that is no cure, unless a person has meant it.` };
}

function called({ kind, namespace, name }: Owner): string {
  return `${kind} ${name}${namespace === undefined ? '' : ` in ${namespace}`}`;
}
