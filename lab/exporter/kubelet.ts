import { arrayAt, stringAt } from '../../shared/kernel/json.ts';
import type { ClusterState } from './cluster-state.ts';
import { nameOf, namespaceOf } from './objects.ts';
import { rhythm } from './rhythm.ts';
import { type Curve, Curves } from './series.ts';
import { type ContainerUsage, containersOf, volumeOf } from './usage.ts';

const DISK = '/dev/mmcblk0p2';
const INODES = 524_288;

/** What the kubelet of a node says of its containers and volumes. */
export function kubelet(state: ClusterState, node: string): readonly Curve[] {
  const curves = new Curves();
  const here = state.pods.filter((pod) => stringAt(pod, 'spec', 'nodeName') === node);
  for (const container of here.flatMap(containersOf)) addContainer(curves, container);
  for (const pod of here) addNetwork(curves, pod);
  for (const claim of state.claims) if (isMounted(claim, here)) addVolume(curves, claim);
  return curves.all;
}

function addContainer(curves: Curves, { namespace, pod, container, image, ...usage }: ContainerUsage): void {
  const labels = { namespace, pod, container, image };
  const onDisk = { ...labels, device: DISK };
  const disk = rhythm(`disk/${namespace}/${pod}/${container}`);
  curves.add('container_cpu_usage_seconds_total', { ...labels, cpu: 'total' }, usage.cpuTotal);
  curves.add('container_memory_working_set_bytes', labels, usage.memory);
  curves.add('container_memory_usage_bytes', labels, (at) => usage.memory(at) * 1.15);
  curves.add('container_memory_rss', labels, (at) => usage.memory(at) * 0.9);
  curves.add('container_spec_memory_limit_bytes', labels, usage.limit ?? 0);
  curves.add('container_fs_usage_bytes', onDisk, (at) => 24e6 + 2e6 * disk.at(at));
  curves.add('container_fs_writes_bytes_total', onDisk, (at) => 4e3 * disk.total(at));
  curves.add('container_fs_reads_bytes_total', onDisk, (at) => 1e3 * disk.total(at));
}

function addNetwork(curves: Curves, pod: unknown): void {
  if (containersOf(pod).length === 0) return;
  const namespace = namespaceOf(pod);
  const labels = { namespace, pod: nameOf(pod), interface: 'eth0' };
  const traffic = rhythm(`network/${namespace}/${stringAt(pod, 'metadata', 'generateName')}`);
  curves.add('container_network_receive_bytes_total', labels, (at) => 30e3 * traffic.total(at));
  curves.add('container_network_transmit_bytes_total', labels, (at) => 18e3 * traffic.total(at));
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

function addVolume(curves: Curves, object: unknown): void {
  const volume = volumeOf(object);
  if (volume === undefined) return;
  const { namespace, claim, capacity, used } = volume;
  const labels = { namespace, persistentvolumeclaim: claim };
  curves.add('kubelet_volume_stats_capacity_bytes', labels, capacity);
  curves.add('kubelet_volume_stats_used_bytes', labels, used);
  curves.add('kubelet_volume_stats_available_bytes', labels, (at) => capacity - used(at));
  curves.add('kubelet_volume_stats_inodes', labels, INODES);
  curves.add('kubelet_volume_stats_inodes_used', labels, Math.round(INODES * 0.04));
  curves.add('kubelet_volume_stats_inodes_free', labels, Math.round(INODES * 0.96));
}
