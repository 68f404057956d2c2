import type { Labels } from '../../shared/workflow/definition.ts';

/** Whom an alert is about. */
export interface Owner {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** The workload that a pod belongs to: its Deployment, not the ReplicaSet. Undefined where the pod is gone. */
export type OwnerLookup = (namespace: string, pod: string) => Promise<{ kind: string; name: string } | undefined>;

/** As kube-state-metrics names them. `job` is not among them: that is Prometheus’ own, the job that was scraped. */
const WORKLOADS = [
  ['deployment', 'Deployment'],
  ['statefulset', 'StatefulSet'],
  ['daemonset', 'DaemonSet'],
  ['cronjob', 'CronJob'],
  ['job_name', 'Job'],
] as const;

/** What pods of one workload share; each may be known as either, by a label or by a pod’s name. */
const ONE_NAME = [...WORKLOADS.map(([, kind]) => kind), 'ReplicaSet', 'Pod', 'Container'];

/** Alerts about a machine carry the pod of the exporter that saw it, and those about an application the pod of Argo CD. */
const ABOUT_A_NODE = /^(?:Kube)?Node|^Kubelet/;
const ABOUT_AN_APP = /^ArgoC[Dd]App/;

/** Whom an alert with these labels is about: of a pod, its workload. Without `lookup`, or where it does not know, the pod’s name tells. */
export async function ownerOf(labels: Labels, lookup?: OwnerLookup): Promise<Owner> {
  const about = aboutOf(labels);
  return about.kind === 'Pod' ? ownerOfPod(about, lookup) : about;
}

/** Whom the labels name: a pod is itself. */
export function aboutOf(labels: Labels): Owner {
  const of = (label: string) => labelOf(labels, label);
  const alert = labels.alertname ?? '';
  const namespace = of('namespace');
  const inNamespace = (kind: string, name: string): Owner => ({ kind, name, ...(namespace && { namespace }) });
  const node = of('node') ?? of('instance')?.replace(/:\d+$/, '');

  if (ABOUT_AN_APP.test(alert) && labels.name) return { kind: 'Application', name: labels.name };
  for (const [label, kind] of WORKLOADS) {
    const name = of(label);
    if (name !== undefined) return inNamespace(kind, kind === 'Job' ? cronJobOf(name) : name);
  }
  const claim = of('persistentvolumeclaim');
  if (claim !== undefined) return inNamespace('PersistentVolumeClaim', claim);
  if (ABOUT_A_NODE.test(alert) && node !== undefined) return { kind: 'Node', name: node };
  const pod = of('pod');
  if (pod !== undefined) return inNamespace('Pod', pod);
  const container = of('container') ?? of('service');
  if (namespace !== undefined && container !== undefined) return inNamespace('Container', container);
  return node === undefined ? inNamespace('Alert', alert) : { kind: 'Node', name: node };
}

/** The same for all that is one incident. Of a workload the kind is left out: the name of a pod does not tell it. */
export function keyOf({ kind, namespace, name }: Owner): string {
  const parts = ONE_NAME.includes(kind) ? [namespace, name] : [namespace, kind, name];
  return parts.filter((part) => part !== undefined).join('/');
}

/** Where Prometheus keeps its own label of that name, the one of the object has a prefix. */
function labelOf(labels: Labels, label: string): string | undefined {
  return labels[`exported_${label}`] || labels[label] || undefined;
}

async function ownerOfPod(pod: Owner, lookup: OwnerLookup | undefined): Promise<Owner> {
  const found = await lookup?.(pod.namespace ?? 'default', pod.name).catch(() => undefined);
  if (found === undefined) return { ...pod, name: workloadOfPod(pod.name) };
  return { ...pod, ...found, name: found.kind === 'Job' ? cronJobOf(found.name) : found.name };
}

/** The characters of Kubernetes’ made names: no vowels, and none that look alike (apimachinery, util/rand). */
const MADE = '[bcdfghjklmnpqrstvwxz2456789]';
const ENDINGS = [`-${MADE}{6,10}-${MADE}{5}`, `-\\d{7,}-${MADE}{5}`, `-${MADE}{5}`, '-\\d+'];

/** The name of a pod without what its workload has added to its own. */
export function workloadOfPod(pod: string): string {
  const ending = ENDINGS.map((text) => new RegExp(`(?<=.)${text}$`)).find((expression) => expression.test(pod));
  return ending === undefined ? pod : pod.replace(ending, '');
}

/** A CronJob names its jobs by the minute of their schedule. */
function cronJobOf(job: string): string {
  return job.replace(/(?<=.)-\d{7,}$/, '');
}
