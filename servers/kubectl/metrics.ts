import { type Cluster, pathOf } from '../../shared/cluster/cluster.ts';
import type { Resource } from '../../shared/cluster/discovery.ts';
import { type Listed, listAll } from '../../shared/cluster/lists.ts';
import { nameOf, namespaceOf } from '../../shared/cluster/objects.ts';
import { parseQuantity } from '../../shared/cluster/quantity.ts';
import { ensureOk, jsonOf } from '../../shared/cluster/status.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, at } from '../../shared/kernel/json.ts';

/** Cores or bytes that are in use, and what they are measured against. */
export interface Measure {
  /** Undefined where there is no sample yet. */
  readonly used: number | undefined;
  /** Of a node: allocatable. Of a pod: the sum of its containers' requests, then limits. */
  readonly of: readonly (number | undefined)[];
}

export interface Usage {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly cpu: Measure;
  readonly memory: Measure;
}

export interface UsageQuery {
  /** Pods or nodes. */
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly labels: string | undefined;
}

type Reader = Pick<Cluster, 'send' | 'getJson'>;

const METRICS = { group: 'metrics.k8s.io', version: 'v1beta1' };
const CAP = 5_000;

/** What nodes or pods use now, from the metrics API. A node without a sample is listed; a pod is not: it may have ended. */
export async function fetchUsage(cluster: Reader, query: UsageQuery, signal: AbortSignal): Promise<readonly Usage[]> {
  const [samples, { items }] = await Promise.all([
    fetchSamples(cluster, query, signal),
    listAll(cluster, { ...query, cap: CAP }, signal).catch(whoMayNotList),
  ]);
  const keyOf = (object: unknown) => `${namespaceOf(object) ?? ''}/${nameOf(object)}`;
  const known = new Map(items.map((object) => [keyOf(object), object]));
  const sampled = new Map(samples.map((sample) => [keyOf(sample), sample]));
  const keys = query.resource.namespaced ? sampled.keys() : new Set([...known.keys(), ...sampled.keys()]);
  return [...keys].map((key) => usageOf(sampled.get(key), known.get(key), query.resource.namespaced ? ofPod : ofNode));
}

/** Without the right to list the objects, usage is still worth something. */
function whoMayNotList(error: unknown): Listed {
  if (error instanceof OpsError && error.code === 'unauthorized') return { items: [], cut: true };
  throw error;
}

async function fetchSamples(cluster: Reader, query: UsageQuery, signal: AbortSignal): Promise<readonly unknown[]> {
  const { resource, namespace, labels } = query;
  const { plural, namespaced } = resource;
  const path = pathOf({ resource: { ...METRICS, plural, namespaced }, namespace });
  const response = await cluster.send({ method: 'GET', path, query: { labelSelector: labels }, signal });
  if (response.status === 404 || response.status === 503) throw noMetrics(response.status);
  const what = `usage of ${plural}`;
  return arrayAt(jsonOf(ensureOk(response, what), what), 'items');
}

function noMetrics(status: number): OpsError {
  return status === 404
    ? new OpsError('precondition_failed', 'The cluster has no metrics API.', 'A person can install metrics-server.')
    : new OpsError(
        'precondition_failed',
        'The metrics API does not answer (HTTP 503).',
        'After a start it takes a minute; else look at metrics-server in kube-system.',
      );
}

type What = 'cpu' | 'memory';
type Measuring = (sample: unknown, object: unknown, what: What) => Measure;

function usageOf(sample: unknown, object: unknown, measure: Measuring): Usage {
  const either = sample ?? object;
  const [cpu, memory] = [measure(sample, object, 'cpu'), measure(sample, object, 'memory')];
  return { name: nameOf(either), namespace: namespaceOf(either), cpu, memory };
}

function ofNode(sample: unknown, node: unknown, what: What): Measure {
  return { used: amount(sample, 'usage', what), of: [amount(node, 'status', 'allocatable', what)] };
}

function ofPod(sample: unknown, pod: unknown, what: What): Measure {
  const used = sum(arrayAt(sample, 'containers').map((container) => amount(container, 'usage', what)));
  const containers = arrayAt(pod, 'spec', 'containers');
  const requests = containers.map((container) => amount(container, 'resources', 'requests', what));
  const limits = containers.map((container) => amount(container, 'resources', 'limits', what));
  // One container without a limit means that the pod has none.
  return { used, of: [sum(requests), limits.includes(undefined) ? undefined : sum(limits)] };
}

function amount(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' || typeof found === 'number' ? parseQuantity(found) : undefined;
}

function sum(amounts: readonly (number | undefined)[]): number | undefined {
  const known = amounts.filter((each) => each !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, each) => total + each, 0);
}
