import { at as pathAt, stringAt } from '../../shared/kernel/json.ts';
import type { ClusterState } from './cluster-state.ts';
import { conditionOf, nameOf, seconds } from './objects.ts';
import { quantity } from './quantity.ts';
import { type Rhythm, rhythm } from './rhythm.ts';
import { Samples, type Series } from './series.ts';
import { containersOf } from './usage.ts';

/** What the system itself holds of the memory, beside its pods. */
const SYSTEM_SHARE = 0.16;
/** Pods or not: as a sum over pods that come and go it would be a counter that jumps. */
const BUSY_CORES = 0.7;
const DISK_BYTES = 58 * 2 ** 30;

/** Whether the node exporter's own pod on this node is ready: without it nobody answers. */
export function isExported(state: ClusterState, node: string): boolean {
  return state.pods.some(
    (pod) =>
      stringAt(pod, 'metadata', 'labels', 'app.kubernetes.io/name') === 'node-exporter' &&
      stringAt(pod, 'spec', 'nodeName') === node &&
      conditionOf(pod, 'Ready') === 'True',
  );
}

/** What the node exporter of a node says, at a moment in seconds since 1970. */
export function nodeExporter(state: ClusterState, name: string, at: number): readonly Series[] {
  const samples = new Samples();
  const object = state.nodes.find((node) => nameOf(node) === name);
  if (object === undefined) return samples.series;
  const containers = state.pods.flatMap(containersOf).filter(({ node }) => node === name);
  const own = rhythm(`node/${name}`);
  addCpu(samples, own, at, quantity(pathAt(object, 'status', 'capacity', 'cpu')) ?? 4);
  const memory = quantity(pathAt(object, 'status', 'capacity', 'memory')) ?? 0;
  const used = containers.reduce((sum, container) => sum + container.memory(at), SYSTEM_SHARE * memory * own.at(at));
  samples.add('node_memory_MemTotal_bytes', {}, memory);
  samples.add('node_memory_MemAvailable_bytes', {}, Math.max(0.01 * memory, memory - used));
  samples.add('node_memory_MemFree_bytes', {}, Math.max(0.005 * memory, (memory - used) * 0.4));
  addDisks(samples, rhythm(`node-disk/${name}`), at);
  addNetwork(samples, rhythm(`node-network/${name}`), at);
  samples.add('node_hwmon_temp_celsius', { chip: 'cpu_thermal', sensor: 'temp1' }, 44 + 8 * own.at(at));
  samples.add('node_boot_time_seconds', {}, seconds(object, 'metadata', 'creationTimestamp'));
  samples.add('node_time_seconds', {}, at);
  return samples.series;
}

function addCpu(samples: Samples, own: Rhythm, at: number, cores: number): void {
  const total = BUSY_CORES * own.total(at);
  const now = BUSY_CORES * own.at(at);
  for (let cpu = 0; cpu < cores; cpu++) {
    const mode = (name: string, value: number) =>
      samples.add('node_cpu_seconds_total', { cpu: String(cpu), mode: name }, value / cores);
    mode('user', 0.7 * total);
    mode('system', 0.25 * total);
    mode('iowait', 0.05 * total);
    mode('idle', cores * CLOCK.total(at) - total);
  }
  samples.add('node_load1', {}, now * 1.1);
  samples.add('node_load5', {}, now);
  samples.add('node_load15', {}, now);
}

/** A second a second. */
const CLOCK = { total: (at: number) => at - 1_767_225_600 };

function addDisks(samples: Samples, own: Rhythm, at: number): void {
  const where = { device: '/dev/mmcblk0p2', fstype: 'ext4', mountpoint: '/' };
  samples.add('node_filesystem_size_bytes', where, DISK_BYTES);
  samples.add('node_filesystem_avail_bytes', where, DISK_BYTES * (0.58 - 0.01 * own.at(at)));
  samples.add('node_disk_read_bytes_total', { device: 'mmcblk0' }, 40e3 * own.total(at));
  samples.add('node_disk_written_bytes_total', { device: 'mmcblk0' }, 120e3 * own.total(at));
}

function addNetwork(samples: Samples, own: Rhythm, at: number): void {
  samples.add('node_network_receive_bytes_total', { device: 'eth0' }, 160e3 * own.total(at));
  samples.add('node_network_transmit_bytes_total', { device: 'eth0' }, 110e3 * own.total(at));
}
