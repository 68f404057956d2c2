import type { Snapshot } from '../../servers/kubectl/health/snapshot.ts';
import type { KubeObject } from '../../shared/cluster/objects.ts';

/** The time of every builder here. */
export const NOW = Date.UTC(2026, 10, 24, 6, 0, 0);

export function ago(seconds: number): string {
  return new Date(NOW - seconds * 1000).toISOString();
}

interface PodShape {
  readonly name?: string;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly created?: number;
  readonly status?: object;
  readonly metadata?: object;
  readonly containers?: readonly object[];
}

/** A healthy pod; a test names only what it is about. */
export function aPod({
  name = 'web-1',
  owner,
  created = 600,
  status,
  metadata,
  containers,
}: PodShape = {}): KubeObject {
  return {
    metadata: {
      name,
      namespace: 'shop',
      creationTimestamp: ago(created),
      ...(owner && { ownerReferences: [{ ...owner, controller: true }] }),
      ...metadata,
    },
    spec: { nodeName: 'pi5-a', containers: containers ?? [{ name: 'app' }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago(created) }],
      containerStatuses: [{ name: 'app', ready: true, restartCount: 0, state: { running: {} } }],
      ...status,
    },
  };
}

const notReady = (since: number) => [{ type: 'Ready', status: 'False', lastTransitionTime: ago(since) }];

export function aCrashingPod(shape: PodShape = {}, reason = 'Error', exitCode = 1): KubeObject {
  const state = {
    name: 'app',
    ready: false,
    restartCount: 7,
    state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
    lastState: { terminated: { exitCode, reason, finishedAt: ago(20) } },
  };
  return aPod({ ...shape, status: { conditions: notReady(20), containerStatuses: [state], ...shape.status } });
}

export function aPendingPod(message: string, shape: PodShape = {}): KubeObject {
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
  return aPod({ ...shape, status: { phase: 'Pending', conditions, containerStatuses: [] } });
}

export function aDeployment(
  name: string,
  wanted: number,
  ready: number,
  conditions: readonly object[] = [],
): KubeObject {
  const counts = { replicas: wanted, updatedReplicas: wanted, readyReplicas: ready, availableReplicas: ready };
  return {
    kind: 'Deployment',
    metadata: { name, namespace: 'shop', generation: 1 },
    spec: { replicas: wanted },
    status: { observedGeneration: 1, ...counts, conditions },
  };
}

export function aReplicaSet(name: string, deployment: string): KubeObject {
  const owner = { kind: 'Deployment', name: deployment, controller: true };
  return { metadata: { name, namespace: 'shop', ownerReferences: [owner] } };
}

export function anEvent(shape: object = {}): KubeObject {
  return {
    type: 'Warning',
    reason: 'BackOff',
    message: 'Back-off restarting failed container',
    count: 1,
    lastTimestamp: ago(30),
    involvedObject: { kind: 'Pod', name: 'web-1', namespace: 'shop' },
    ...shape,
  };
}

export function aSnapshot(lists: Partial<Snapshot['lists']> = {}, rest: Partial<Snapshot> = {}): Snapshot {
  const none = { nodes: [], pods: [], claims: [], events: [], deployments: [], statefulSets: [], daemonSets: [] };
  return { lists: { ...none, replicaSets: [], jobs: [], ...lists }, unread: [], cut: [], ...rest };
}
