import { kubectl, type Target } from './kubectl-exec.ts';

/** Ways to break a workload: how its pods differ from healthy ones. */
interface Fault {
  /** The container's name, by which its log is chosen. */
  readonly container: string;
  /** Value of the pod annotation `lab.kwok/fault`; none when the scheduler alone does it. */
  readonly annotation?: string;
  readonly request?: string;
  readonly limit?: string;
}

const FAULTS = {
  crashloop: { container: 'crasher', annotation: 'CrashLoopBackOff' },
  oom: { container: 'hungry', annotation: 'OOMKilled', limit: '128Mi' },
  // More than any node has, so that the scheduler itself refuses it.
  pending: { container: 'giant', request: '64Gi' },
  imagepull: { container: 'untagged', annotation: 'ImagePullBackOff' },
  unready: { container: 'sleepy', annotation: 'Unready' },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;

export const FAULT_NAMES: readonly string[] = Object.keys(FAULTS);

export function isFault(name: string): name is FaultName {
  return FAULT_NAMES.includes(name);
}

/** Makes a namespace with a Deployment of two pods that are broken in this way, and returns the Deployment's name. */
export async function breakWorkload(target: Target, fault: FaultName, namespace: string): Promise<string> {
  return apply(target, fault, namespace, FAULTS[fault]);
}

/** Rolls the Deployment that `breakWorkload` made to healthy pods. */
export async function healWorkload(target: Target, fault: FaultName, namespace: string): Promise<string> {
  const { container, limit }: Fault = FAULTS[fault];
  return apply(target, fault, namespace, { container, ...(limit && { limit: '256Mi' }) });
}

async function apply(target: Target, name: FaultName, namespace: string, fault: Fault): Promise<string> {
  const ns = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  const list = { apiVersion: 'v1', kind: 'List', items: [ns, deployment(FAULTS[name].container, namespace, fault)] };
  await kubectl(target, ['apply', '-f', '-'], JSON.stringify(list));
  return FAULTS[name].container;
}

function deployment(
  name: string,
  namespace: string,
  { container, annotation, request = '64Mi', limit }: Fault,
): object {
  const labels = { app: name };
  const annotations = { 'kwok.x-k8s.io/usage-memory': '48Mi', ...(annotation && { 'lab.kwok/fault': annotation }) };
  const resources = { requests: { cpu: '50m', memory: request }, ...(limit && { limits: { memory: limit } }) };
  const pod = { containers: [{ name: container, image: `registry.example.invalid/${name}:1.0.0`, resources }] };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels, annotations }, spec: pod },
    },
  };
}
