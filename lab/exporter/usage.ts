import { arrayAt, at, stringAt } from '../../shared/kernel/json.ts';
import { annotationOf, nameOf, namespaceOf, seconds } from './objects.ts';
import { quantity } from './quantity.ts';
import { rhythm } from './rhythm.ts';

/** What a container uses, in its pod's rhythm. The annotations are kwok's: `kubectl top` shows the same, without the rhythm. */
export interface ContainerUsage {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly image: string;
  readonly node: string;
  /** Cores, and their sum over time. */
  readonly cpu: (at: number) => number;
  readonly cpuTotal: (at: number) => number;
  readonly memory: (at: number) => number;
  readonly limit: number | undefined;
}

const DEFAULT_CORES = 0.005;
const DEFAULT_BYTES = 32 * 2 ** 20;
/** Memory moves less than work does. */
const CALM = 0.3;

/** The containers of a pod that run on a node. */
export function containersOf(pod: unknown): readonly ContainerUsage[] {
  const node = stringAt(pod, 'spec', 'nodeName');
  if (node === undefined || stringAt(pod, 'status', 'phase') !== 'Running') return [];
  const containers = arrayAt(pod, 'spec', 'containers');
  return containers.map((container) => usageOf(pod, container, node, containers.length));
}

function usageOf(pod: unknown, container: unknown, node: string, share: number): ContainerUsage {
  const name = stringAt(container, 'name') ?? '';
  const cores = (quantity(annotationOf(pod, 'kwok.x-k8s.io/usage-cpu')) ?? DEFAULT_CORES) / share;
  const bytes = (quantity(annotationOf(pod, 'kwok.x-k8s.io/usage-memory')) ?? DEFAULT_BYTES) / share;
  const limit = quantity(at(container, 'resources', 'limits', 'memory'));
  const own = rhythm(`${namespaceOf(pod)}/${workloadOf(pod)}/${name}`);
  const hungry = annotationOf(pod, 'lab.kwok/fault') === 'OOMKilled';
  return {
    namespace: namespaceOf(pod),
    pod: nameOf(pod),
    container: name,
    image: stringAt(container, 'image') ?? '',
    node,
    limit,
    cpu: (at) => cores * own.at(at),
    cpuTotal: (at) => cores * own.total(at),
    memory: (at) => (hungry ? (limit ?? bytes * 2) * 0.98 : bytes * (1 + CALM * (own.at(at) - 1))),
  };
}

/** The pods of one workload are busy together; a name's random end is left out. */
const workloadOf = (pod: unknown) => stringAt(pod, 'metadata', 'generateName') ?? nameOf(pod);

/** What a claim's volume holds. */
export interface VolumeUsage {
  readonly namespace: string;
  readonly claim: string;
  readonly capacity: number;
  readonly used: (at: number) => number;
}

/** A volume grows slowly: it has nine days left when its claim is made. */
const FIRST_SHARE = 0.68;
const SHARE_A_SECOND = 0.035 / 86_400;
/** From the moment in this annotation it is full but for a little, and that goes fast. The scenario disk-full sets it. */
const FILLING_SINCE = 'lab.kwok/filling-since';
const FULL_SHARE = 0.98;
const FAST_SHARE_A_SECOND = 1e-5;

export function volumeOf(claim: unknown): VolumeUsage | undefined {
  const capacity = quantity(at(claim, 'status', 'capacity', 'storage'));
  if (capacity === undefined) return undefined;
  const made = seconds(claim, 'metadata', 'creationTimestamp') ?? 0;
  const since = seconds(claim, 'metadata', 'annotations', FILLING_SINCE) ?? Number.POSITIVE_INFINITY;
  const share = (moment: number) =>
    moment < since
      ? Math.min(0.95, FIRST_SHARE + SHARE_A_SECOND * (moment - made))
      : Math.min(0.999, FULL_SHARE + FAST_SHARE_A_SECOND * (moment - since));
  return { namespace: namespaceOf(claim), claim: nameOf(claim), capacity, used: (moment) => capacity * share(moment) };
}
