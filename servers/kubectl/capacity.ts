import { type KubeObject, nameOf } from '../../shared/cluster/objects.ts';
import { formatBytes, formatCpu, parseQuantity } from '../../shared/cluster/quantity.ts';
import { arrayAt, at, stringAt } from '../../shared/kernel/json.ts';
import { count } from '../../shared/kernel/text.ts';
import { whyNot } from './scheduling.ts';

/** CPU in cores, memory in bytes, and places for pods. */
export interface Room {
  readonly cpu: number;
  readonly memory: number;
  readonly pods: number;
}

const NONE: Room = { cpu: 0, memory: 0, pods: 0 };

const add = (a: Room, b: Room): Room => ({ cpu: a.cpu + b.cpu, memory: a.memory + b.memory, pods: a.pods + b.pods });
const less = (a: Room, b: Room): Room => ({ cpu: a.cpu - b.cpu, memory: a.memory - b.memory, pods: a.pods - b.pods });
const most = (a: Room, b: Room): Room => ({
  cpu: Math.max(a.cpu, b.cpu),
  memory: Math.max(a.memory, b.memory),
  pods: Math.max(a.pods, b.pods),
});
/** Requests such as 0.1 + 0.2 are no exact binary numbers. */
const holds = (room: Room, wanted: Room): boolean =>
  wanted.cpu <= room.cpu + 1e-9 && wanted.memory <= room.memory && wanted.pods <= room.pods;

function amounts(list: unknown): Room {
  const of = (key: string) => parseQuantity(stringAt(list, key) ?? String(at(list, key) ?? 0));
  return { cpu: of('cpu'), memory: of('memory'), pods: of('pods') };
}

const requests = (container: unknown): Room => amounts(at(container, 'resources', 'requests'));

/** What the scheduler sets aside for a pod: its containers and sidecars, or its largest init container, and overhead. */
export function requestsOf(pod: KubeObject): Room {
  const init = arrayAt(pod, 'spec', 'initContainers');
  let sidecars = NONE;
  let peak = NONE;
  for (const container of init) {
    if (stringAt(container, 'restartPolicy') === 'Always') sidecars = add(sidecars, requests(container));
    else peak = most(peak, add(sidecars, requests(container)));
  }
  const running = arrayAt(pod, 'spec', 'containers').map(requests).reduce(add, sidecars);
  const whole = at(pod, 'spec', 'resources', 'requests');
  const own = whole === undefined ? most(running, peak) : amounts(whole);
  return { ...add(own, amounts(at(pod, 'spec', 'overhead'))), pods: 1 };
}

export function isFinished(pod: KubeObject): boolean {
  return ['Succeeded', 'Failed'].includes(stringAt(pod, 'status', 'phase') ?? '');
}

/** What is left on a node: allocatable minus the requests of the pods on it. */
function roomOn(node: KubeObject, pods: readonly KubeObject[]): Room {
  const here = pods.filter((pod) => stringAt(pod, 'spec', 'nodeName') === nameOf(node) && !isFinished(pod));
  return here.map(requestsOf).reduce(less, amounts(at(node, 'status', 'allocatable')));
}

export interface Shortage {
  /** Pods that found no place. */
  readonly homeless: readonly KubeObject[];
  /** The arithmetic, in a sentence. */
  readonly text: string;
}

/**
 * Whether the pods of a node find room on the others. Places the largest first, each where most is left: like the
 * scheduler it may miss a packing that exists, and then refuses.
 */
export function shortageOf(
  node: string,
  moving: readonly KubeObject[],
  others: readonly KubeObject[],
  allPods: readonly KubeObject[],
  volumesOf: (pod: KubeObject) => readonly KubeObject[] = () => [],
): Shortage | undefined {
  const reason: Reason = (pod, other) => whyNot(pod, other, volumesOf(pod));
  const left = new Map(others.map((other) => [other, roomOn(other, allPods)]));
  const before = new Map(left);
  const homeless: KubeObject[] = [];
  const bySize = [...moving].sort((a, b) => size(requestsOf(b)) - size(requestsOf(a)));
  for (const pod of bySize) {
    const wanted = requestsOf(pod);
    const places = [...left].filter(([other, room]) => reason(pod, other) === undefined && holds(room, wanted));
    const [best] = places.sort(([, a], [, b]) => size(b) - size(a));
    if (best === undefined) homeless.push(pod);
    else left.set(best[0], less(best[1], wanted));
  }
  return homeless.length === 0 ? undefined : { homeless, text: arithmetic(node, moving, before, reason) };
}

/** One number for CPU and memory: a core is worth 2 GiB, as on a Raspberry Pi 5 with 8 GB. */
function size({ cpu, memory }: Room): number {
  return cpu + memory / 2 ** 31;
}

type Reason = (pod: KubeObject, node: KubeObject) => string | undefined;

function arithmetic(
  node: string,
  moving: readonly KubeObject[],
  left: ReadonlyMap<KubeObject, Room>,
  why: Reason,
): string {
  const wanted = moving.map(requestsOf).reduce(add, NONE);
  const open: string[] = [];
  const closed: string[] = [];
  for (const [other, room] of left) {
    const reasons = moving.map((pod) => why(pod, other));
    const reason = reasons.every((one) => one !== undefined) ? reasons[0] : undefined;
    if (reason === undefined) open.push(`left on ${nameOf(other)}: ${describeRoom(room)}`);
    else closed.push(`${nameOf(other)} ${reason}`);
  }
  const places = open.length === 0 ? 'no other node takes them' : open.join(', ');
  return `${node} has ${count(moving.length, 'pod')} that request ${describeRoom(wanted)}; ${places}${closed.length === 0 ? '' : ` (${closed.join(', ')})`}`;
}

function describeRoom({ cpu, memory }: Room): string {
  return `${formatCpu(cpu)}, ${formatBytes(memory)}`;
}
