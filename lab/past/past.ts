import { Cluster } from '../../shared/cluster/cluster.ts';
import { connect } from '../../shared/cluster/kubeconfig.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { StateReader } from '../exporter/cluster-state.ts';
import { kubelet } from '../exporter/kubelet.ts';
import { nodeExporter } from '../exporter/node.ts';
import { nameOf } from '../exporter/objects.ts';
import type { Curve } from '../exporter/series.ts';
import { type PastSeries, writeSeries } from './remote-write.ts';

export interface PastOptions {
  /** Both in milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** From one sample to the next, in milliseconds; under 2.5 minutes, `rate(x[5m])` knows each moment. */
  readonly step: number;
}

type Labels = Readonly<Record<string, string>>;

interface Where {
  readonly kubeconfig: string;
  readonly prometheus: { readonly url: string };
}

/**
 * Gives what runs now a past: the series of node exporters and kubelets as they would have been scraped, in the rhythm
 * that the exporter goes on with. Only for moments that were not scraped.
 */
export async function writePast({ kubeconfig, prometheus }: Where, options: PastOptions): Promise<void> {
  const reader = new StateReader(new Cluster(() => connect({ kubeconfig }, systemClock), systemClock));
  const state = await reader.read();
  for (const node of state.nodes.map(nameOf)) {
    await writeSeries(prometheus, past(options, nodeLabels(node), nodeExporter(state, node)));
    await writeSeries(prometheus, past(options, kubeletLabels(node), kubelet(state, node)));
  }
}

/** What Prometheus adds to each series (lab/manifests/prometheus/prometheus.yaml). */
const nodeLabels = (node: string) => ({
  job: 'node-exporter',
  instance: node,
  node,
  namespace: 'monitoring',
  service: 'node-exporter',
});
const kubeletLabels = (node: string) => ({
  job: 'kubelet',
  instance: node,
  node,
  namespace: 'kube-system',
  service: 'kubelet',
  metrics_path: '/metrics/cadvisor',
});

function* past({ from, to, step }: PastOptions, target: Labels, curves: readonly Curve[]): Iterable<PastSeries> {
  const times = Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);
  for (const { name, labels, value } of curves) {
    yield { labels: { ...target, ...labels, __name__: name }, times, value: (at) => value(at / 1000) };
  }
}
