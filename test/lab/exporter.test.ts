import { describe, expect, it } from 'vitest';
import type { ClusterState } from '../../lab/exporter/cluster-state.ts';
import { kubeState } from '../../lab/exporter/kube-state.ts';
import { kubelet } from '../../lab/exporter/kubelet.ts';
import { isExported } from '../../lab/exporter/node.ts';
import { quantity } from '../../lab/exporter/quantity.ts';
import { Rhythm } from '../../lab/exporter/rhythm.ts';
import { render, valuesAt } from '../../lab/exporter/series.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z') / 1000;

const aPod = (change: { readonly annotations?: object; readonly ready?: string; readonly state?: object } = {}) => ({
  metadata: {
    name: 'web-1',
    namespace: 'shop',
    labels: { 'app.kubernetes.io/name': 'node-exporter' },
    annotations: { 'kwok.x-k8s.io/usage-memory': '100Mi', ...change.annotations },
  },
  spec: {
    nodeName: 'pi5-a',
    containers: [{ name: 'web', image: 'web:1', resources: { limits: { memory: '128Mi' } } }],
    volumes: [{ persistentVolumeClaim: { claimName: 'data' } }],
  },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: change.ready ?? 'True' }],
    containerStatuses: [{ name: 'web', restartCount: 3, ready: true, state: change.state ?? { running: {} } }],
  },
});

const aClaim = (annotations: object = {}) => ({
  metadata: { name: 'data', namespace: 'shop', creationTimestamp: '2026-11-24T00:00:00Z', annotations },
  status: { phase: 'Bound', capacity: { storage: '8Gi' } },
});

const aState = (change: Partial<ClusterState> = {}): ClusterState => ({
  nodes: [],
  namespaces: [],
  pods: [],
  claims: [],
  volumes: [],
  deployments: [],
  replicaSets: [],
  statefulSets: [],
  daemonSets: [],
  jobs: [],
  ...change,
});

const measured = (state: ClusterState, name: string, at = NOW) =>
  valuesAt(kubelet(state, 'pi5-a'), at).find((series) => series.name === name)?.value ?? Number.NaN;

describe('the state of the cluster as metrics', () => {
  const inLoop = aPod({ state: { waiting: { reason: 'CrashLoopBackOff' } } });

  it('has the names and labels of kube-state-metrics', () => {
    const text = render(kubeState(aState({ pods: [inLoop] })));
    expect(text).toContain(
      'kube_pod_container_status_waiting_reason{namespace="shop",pod="web-1",container="web",reason="CrashLoopBackOff"} 1\n',
    );
    expect(text).toContain('# TYPE kube_pod_container_status_restarts_total counter\n');
    expect(text).toContain('kube_pod_status_phase{namespace="shop",pod="web-1",phase="Running"} 1\n');
    expect(text).toContain('kube_pod_status_phase{namespace="shop",pod="web-1",phase="Pending"} 0\n');
  });

  it('keeps what a label holds apart from the format', () => {
    expect(render([{ name: 'a', labels: { b: 'say "x"\n\\' }, value: 1 }])).toBe(
      '# TYPE a gauge\na{b="say \\"x\\"\\n\\\\"} 1\n',
    );
  });

  it.each([
    ['96Mi', 96 * 2 ** 20],
    ['50m', 0.05],
    ['4', 4],
    ['8Gi', 8 * 2 ** 30],
    ['much', undefined],
  ])('reads the quantity %s', (text, value) => expect(quantity(text)).toBe(value));
});

describe('usage', () => {
  it('is what the annotation says, more or less by the time of day', () => {
    const memory = measured(aState({ pods: [aPod()] }), 'container_memory_working_set_bytes');
    expect(memory / 2 ** 20).toBeGreaterThan(80);
    expect(memory / 2 ** 20).toBeLessThan(125);
  });

  it('is at the limit for a pod that is killed for it', () => {
    const pods = [aPod({ annotations: { 'lab.kwok/fault': 'OOMKilled' } })];
    expect(measured(aState({ pods }), 'container_memory_working_set_bytes') / 2 ** 20).toBeCloseTo(125.4, 0);
  });

  it('of a volume grows by the day, and is full from the moment that a scenario sets', () => {
    const share = (annotations: object, at: number) =>
      measured(aState({ pods: [aPod()], claims: [aClaim(annotations)] }), 'kubelet_volume_stats_used_bytes', at) /
      2 ** 33;
    expect(share({}, NOW)).toBeCloseTo(0.6975, 3);
    expect(share({}, NOW + 86_400)).toBeCloseTo(0.7325, 3);
    const full = { 'lab.kwok/filling-since': '2026-11-24T11:00:00Z' };
    expect(share(full, NOW - 7200)).toBeLessThan(0.7);
    expect(share(full, NOW)).toBe(0.999);
  });

  it('of a node is known as long as the node exporter there is ready', () => {
    expect(isExported(aState({ pods: [aPod()] }), 'pi5-a')).toBe(true);
    expect(isExported(aState({ pods: [aPod({ ready: 'False' })] }), 'pi5-a')).toBe(false);
    expect(isExported(aState({ pods: [aPod()] }), 'pi3')).toBe(false);
  });
});

describe('a rhythm', () => {
  const own = new Rhythm('shop/web');

  it('is the same whoever asks, and another one for another name', () => {
    expect(new Rhythm('shop/web').at(NOW)).toBe(own.at(NOW));
    expect(new Rhythm('shop/api').at(NOW)).not.toBe(own.at(NOW));
  });

  it('adds up to its counter, in the past as now, so that both are one curve', () => {
    for (const moment of [NOW, NOW - 6 * 86_400]) {
      const rate = (own.total(moment + 30) - own.total(moment - 30)) / 60;
      expect(rate).toBeCloseTo(own.at(moment), 2);
    }
  });

  it('comes back a day later nearly the same', () => {
    expect(Math.abs(own.at(NOW) - own.at(NOW - 86_400))).toBeLessThan(0.3);
  });
});
