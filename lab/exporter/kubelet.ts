import { arrayAt, stringAt } from '../../shared/kernel/json.ts';
import type { ClusterState } from './cluster-state.ts';
import { nameOf, namespaceOf } from './objects.ts';
import { rhythm } from './rhythm.ts';
import { Samples, type Series } from './series.ts';
import { type ContainerUsage, containersOf, volumeOf } from './usage.ts';

const INODES = 524_288;

/** What the kubelet of a node says of its containers and volumes, at a moment in seconds since 1970. */
export function kubelet(state: ClusterState, node: string, at: number): readonly Series[] {
  const samples = new Samples();
  const here = state.pods.filter((pod) => stringAt(pod, 'spec', 'nodeName') === node);
  for (const container of here.flatMap(containersOf)) addContainer(samples, container, at);
  for (const pod of here) addNetwork(samples, pod, at);
  for (const claim of state.claims) if (isMounted(claim, here)) addVolume(samples, claim, at);
  return samples.series;
}

function addContainer(samples: Samples, usage: ContainerUsage, at: number): void {
  const { namespace, pod, container, image } = usage;
  const labels = { namespace, pod, container, image };
  const disk = rhythm(`disk/${namespace}/${pod}/${container}`);
  const memory = usage.memory(at);
  samples.add('container_cpu_usage_seconds_total', { ...labels, cpu: 'total' }, usage.cpuTotal(at));
  samples.add('container_memory_working_set_bytes', labels, memory);
  samples.add('container_memory_usage_bytes', labels, memory * 1.15);
  samples.add('container_memory_rss', labels, memory * 0.9);
  samples.add('container_spec_memory_limit_bytes', labels, usage.limit ?? 0);
  samples.add('container_fs_usage_bytes', { ...labels, device: '/dev/mmcblk0p2' }, 24e6 + 2e6 * disk.at(at));
  samples.add('container_fs_writes_bytes_total', { ...labels, device: '/dev/mmcblk0p2' }, 4e3 * disk.total(at));
  samples.add('container_fs_reads_bytes_total', { ...labels, device: '/dev/mmcblk0p2' }, 1e3 * disk.total(at));
}

function addNetwork(samples: Samples, pod: unknown, at: number): void {
  if (containersOf(pod).length === 0) return;
  const namespace = namespaceOf(pod);
  const labels = { namespace, pod: nameOf(pod), interface: 'eth0' };
  const traffic = rhythm(`network/${namespace}/${stringAt(pod, 'metadata', 'generateName')}`);
  samples.add('container_network_receive_bytes_total', labels, 30e3 * traffic.total(at));
  samples.add('container_network_transmit_bytes_total', labels, 18e3 * traffic.total(at));
}

function isMounted(claim: unknown, pods: readonly unknown[]): boolean {
  return pods.some(
    (pod) =>
      namespaceOf(pod) === namespaceOf(claim) &&
      arrayAt(pod, 'spec', 'volumes').some(
        (volume) => stringAt(volume, 'persistentVolumeClaim', 'claimName') === nameOf(claim),
      ),
  );
}

function addVolume(samples: Samples, object: unknown, at: number): void {
  const volume = volumeOf(object);
  if (volume === undefined) return;
  const { namespace, claim, capacity } = volume;
  const labels = { namespace, persistentvolumeclaim: claim };
  const used = volume.used(at);
  samples.add('kubelet_volume_stats_capacity_bytes', labels, capacity);
  samples.add('kubelet_volume_stats_used_bytes', labels, used);
  samples.add('kubelet_volume_stats_available_bytes', labels, capacity - used);
  samples.add('kubelet_volume_stats_inodes', labels, INODES);
  samples.add('kubelet_volume_stats_inodes_used', labels, Math.round(INODES * 0.04));
  samples.add('kubelet_volume_stats_inodes_free', labels, Math.round(INODES * 0.96));
}
