import type { Cluster } from '../../shared/cluster/cluster.ts';
import { nameOf, namespaceOf } from '../../shared/cluster/objects.ts';
import { parseQuantity } from '../../shared/cluster/quantity.ts';
import type { Status } from '../../shared/control-plane/status.ts';
import { arrayAt, at, isObject, numberAt, stringAt } from '../../shared/kernel/json.ts';

type Node = Status['nodes']['items'][number];
type Pod = Status['pods']['items'][number];
type Reader = Pick<Cluster, 'getJson'>;

/** From the API server's watch cache: a look every minute costs etcd nothing. */
const CACHED = { resourceVersion: '0' };

const ROLE = 'node-role.kubernetes.io/';

export async function readNodes(cluster: Reader, signal: AbortSignal): Promise<Node[]> {
  const [list, usage] = await Promise.all([
    cluster.getJson('/api/v1/nodes', 'list nodes', signal, CACHED),
    // Without metrics-server there are no bars, and everything else is there.
    cluster.getJson('/apis/metrics.k8s.io/v1beta1/nodes', 'usage of nodes', signal).catch(() => undefined),
  ]);
  const samples = new Map(arrayAt(usage, 'items').map((sample) => [nameOf(sample), sample]));
  return arrayAt(list, 'items').map((node) => nodeOf(node, samples.get(nameOf(node))));
}

function nodeOf(node: unknown, sample: unknown): Node {
  const conditions = arrayAt(node, 'status', 'conditions');
  const holding = conditions.filter((condition) => stringAt(condition, 'status') === 'True');
  const types = holding.map((condition) => stringAt(condition, 'type') ?? '');
  const labels = at(node, 'metadata', 'labels');
  const roles = isObject(labels) ? Object.keys(labels).filter((key) => key.startsWith(ROLE)) : [];
  return {
    name: nameOf(node),
    ready: types.includes('Ready'),
    roles: roles.map((key) => key.slice(ROLE.length)),
    pressures: types.filter((type) => type !== 'Ready'),
    ...used('cpu', node, sample),
    ...used('memory', node, sample),
  };
}

function used(what: 'cpu' | 'memory', node: unknown, sample: unknown) {
  const amounts = [stringAt(sample, 'usage', what), stringAt(node, 'status', 'allocatable', what)];
  const [now, of] = amounts.map((amount) => amount && parseQuantity(amount));
  return now && of ? { [what]: { used: now, of } } : {};
}

/** Those that should run and are not ready, the newest trouble last. */
export async function readPods(cluster: Reader, signal: AbortSignal): Promise<Pod[]> {
  const query = { ...CACHED, fieldSelector: 'status.phase!=Succeeded' };
  const list = await cluster.getJson('/api/v1/pods', 'list pods', signal, query);
  return arrayAt(list, 'items').flatMap((pod) => troubled(pod) ?? []);
}

function troubled(pod: unknown): Pod | undefined {
  const conditions = arrayAt(pod, 'status', 'conditions');
  const ready = conditions.find((condition) => stringAt(condition, 'type') === 'Ready');
  if (stringAt(ready, 'status') === 'True') return undefined;
  const containers = [
    ...arrayAt(pod, 'status', 'initContainerStatuses'),
    ...arrayAt(pod, 'status', 'containerStatuses'),
  ];
  const since = Date.parse(
    stringAt(ready, 'lastTransitionTime') ?? stringAt(pod, 'metadata', 'creationTimestamp') ?? '',
  );
  return {
    namespace: namespaceOf(pod) ?? '',
    name: nameOf(pod),
    reason: reasonOf(pod, conditions, containers),
    restarts: containers.reduce<number>((sum, container) => sum + (numberAt(container, 'restartCount') ?? 0), 0),
    ...(Number.isFinite(since) && { since }),
  };
}

/** The word that kubectl would show. */
function reasonOf(pod: unknown, conditions: readonly unknown[], containers: readonly unknown[]): string {
  if (stringAt(pod, 'metadata', 'deletionTimestamp') !== undefined) return 'Terminating';
  const waiting = containers.map((container) => stringAt(container, 'state', 'waiting', 'reason'));
  const ended = containers.map((container) => stringAt(container, 'state', 'terminated', 'reason'));
  const crash = [...waiting, ...ended].find((reason) => reason !== undefined && reason !== 'Completed');
  const scheduled = conditions.find((condition) => stringAt(condition, 'type') === 'PodScheduled');
  return (
    stringAt(pod, 'status', 'reason') ??
    crash ??
    stringAt(scheduled, 'reason') ??
    stringAt(pod, 'status', 'phase') ??
    'Unknown'
  );
}
