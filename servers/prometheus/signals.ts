import type { Unit } from './units.ts';

/** What is compared with its past: one number for each workload, node or volume. */
export interface Signal {
  readonly name: string;
  readonly unit: Unit;
  /** PromQL; `%W` is the window of its rates. */
  readonly expression: string;
  /** Counted over the whole window: the median of small parts of it would miss what is rare. */
  readonly whole?: boolean;
  /** A difference smaller than this is nothing, whatever the statistics say. */
  readonly least: number;
}

/**
 * A pod's name without what its ReplicaSet, Job, DaemonSet or StatefulSet adds, so that a rollout is no new workload.
 * Random endings have the alphabet of k8s.io/apimachinery/pkg/util/rand, without vowels.
 */
const byWorkload = (inner: string) =>
  `sum by (namespace, workload) (label_replace(label_replace(${inner}, "workload", "$1", "pod", "(.+)"), "workload", "$1", "pod", "(.+?)(?:-[a-f0-9]{6,10})?-(?:[bcdfghjklmnpqrstvwxz2456789]{5}|[0-9]+)"))`;

/** Names as kube-prometheus has them. A signal whose metrics are missing has no values, and is said to be missing. */
export const SIGNALS: readonly Signal[] = [
  {
    name: 'cpu',
    unit: 'none',
    least: 0.05,
    expression: byWorkload('rate(container_cpu_usage_seconds_total{container!=""}[%W])'),
  },
  {
    name: 'memory',
    unit: 'bytes',
    least: 32 * 1024 ** 2,
    expression: byWorkload('container_memory_working_set_bytes{container!=""}'),
  },
  {
    name: 'restarts',
    unit: 'none',
    least: 2,
    whole: true,
    expression: byWorkload('increase(kube_pod_container_status_restarts_total[%W])'),
  },
  {
    name: 'network',
    unit: 'bytes',
    least: 64 * 1024,
    expression: byWorkload(
      '(rate(container_network_receive_bytes_total[%W]) + rate(container_network_transmit_bytes_total[%W]))',
    ),
  },
  {
    name: 'disk',
    unit: 'ratio',
    least: 0.05,
    expression:
      'max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_used_bytes / kubelet_volume_stats_capacity_bytes)',
  },
  {
    name: 'node disk',
    unit: 'ratio',
    least: 0.05,
    expression:
      'max by (instance) (1 - node_filesystem_avail_bytes{fstype!~"tmpfs|overlay"} / node_filesystem_size_bytes{fstype!~"tmpfs|overlay"})',
  },
  {
    name: 'node cpu',
    unit: 'ratio',
    least: 0.1,
    expression: '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[%W]))',
  },
  {
    name: 'node memory',
    unit: 'ratio',
    least: 0.1,
    expression: '1 - avg by (instance) (node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)',
  },
];

export const SIGNAL_NAMES = ['cpu', 'memory', 'restarts', 'network', 'disk'] as const;
