import { at as pathAt, stringAt } from '../../shared/kernel/json.ts';
import type { ClusterState } from './cluster-state.ts';
import { conditionOf, nameOf, seconds } from './objects.ts';
import { quantity } from './quantity.ts';
import { EPOCH, type Rhythm, rhythm } from './rhythm.ts';
import { type Curve, Curves } from './series.ts';
import { type ContainerUsage, containersOf } from './usage.ts';

/** What the system itself holds of the memory, beside its pods. */
const SYSTEM_SHARE = 0.16;
/** Pods or not: as a sum over pods that come and go it would be a counter that jumps. */
const BUSY_CORES = 0.7;
const DISK_BYTES = 58 * 2 ** 30;

/** Whether the kubelet of this node answers. */
export function isUp(state: ClusterState, node: string): boolean {
  return state.nodes.some((object) => nameOf(object) === node && conditionOf(object, 'Ready') === 'True');
}

/** Whether the node exporter's own pod on this node is ready: without it nobody answers. */
export function isExported(state: ClusterState, node: string): boolean {
  return state.pods.some(
    (pod) =>
      stringAt(pod, 'metadata', 'labels', 'app.kubernetes.io/name') === 'node-exporter' &&
      stringAt(pod, 'spec', 'nodeName') === node &&
      conditionOf(pod, 'Ready') === 'True',
  );
}

/** What the node exporter of a node says. */
export function nodeExporter(state: ClusterState, name: string): readonly Curve[] {
  const curves = new Curves();
  const object = state.nodes.find((node) => nameOf(node) === name);
  if (object === undefined) return [];
  const own = rhythm(`node/${name}`);
  addCpu(curves, own, quantity(pathAt(object, 'status', 'capacity', 'cpu')) ?? 4);
  const containers = state.pods.flatMap(containersOf).filter(({ node }) => node === name);
  addMemory(curves, own, quantity(pathAt(object, 'status', 'capacity', 'memory')) ?? 0, containers);
  addDisks(curves, rhythm(`node-disk/${name}`));
  addNetwork(curves, rhythm(`node-network/${name}`));
  curves.add('node_hwmon_temp_celsius', { chip: 'cpu_thermal', sensor: 'temp1' }, (at) => 44 + 8 * own.at(at));
  curves.add('node_boot_time_seconds', {}, seconds(object, 'metadata', 'creationTimestamp') ?? 0);
  curves.add('node_time_seconds', {}, (at) => at);
  return curves.all;
}

function addCpu(curves: Curves, own: Rhythm, cores: number): void {
  const busy = (at: number) => BUSY_CORES * own.total(at);
  for (let cpu = 0; cpu < cores; cpu++) {
    const mode = (name: string, total: (at: number) => number) =>
      curves.add('node_cpu_seconds_total', { cpu: String(cpu), mode: name }, (at) => total(at) / cores);
    mode('user', (at) => 0.7 * busy(at));
    mode('system', (at) => 0.25 * busy(at));
    mode('iowait', (at) => 0.05 * busy(at));
    mode('idle', (at) => cores * (at - EPOCH) - busy(at));
  }
  curves.add('node_load1', {}, (at) => BUSY_CORES * 1.1 * own.at(at));
  curves.add('node_load5', {}, (at) => BUSY_CORES * own.at(at));
  curves.add('node_load15', {}, (at) => BUSY_CORES * own.at(at));
}

function addMemory(curves: Curves, own: Rhythm, memory: number, containers: readonly ContainerUsage[]): void {
  const used = (at: number) =>
    containers.reduce((sum, container) => sum + container.memory(at), SYSTEM_SHARE * memory * own.at(at));
  const free = (at: number) => Math.max(0.01 * memory, memory - used(at));
  curves.add('node_memory_MemTotal_bytes', {}, memory);
  curves.add('node_memory_MemAvailable_bytes', {}, free);
  curves.add('node_memory_MemFree_bytes', {}, (at) => free(at) * 0.4);
}

function addDisks(curves: Curves, own: Rhythm): void {
  const where = { device: '/dev/mmcblk0p2', fstype: 'ext4', mountpoint: '/' };
  curves.add('node_filesystem_size_bytes', where, DISK_BYTES);
  curves.add('node_filesystem_avail_bytes', where, (at) => DISK_BYTES * (0.58 - 0.01 * own.at(at)));
  curves.add('node_disk_read_bytes_total', { device: 'mmcblk0' }, (at) => 40e3 * own.total(at));
  curves.add('node_disk_written_bytes_total', { device: 'mmcblk0' }, (at) => 120e3 * own.total(at));
}

function addNetwork(curves: Curves, own: Rhythm): void {
  curves.add('node_network_receive_bytes_total', { device: 'eth0' }, (at) => 160e3 * own.total(at));
  curves.add('node_network_transmit_bytes_total', { device: 'eth0' }, (at) => 110e3 * own.total(at));
}
