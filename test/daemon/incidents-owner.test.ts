import { describe, expect, it } from 'vitest';
import { keyOf, ownerOf, workloadOfPod } from '../../daemon/incidents/owner.ts';

describe('the owner', () => {
  const KSM = { pod: 'kube-state-metrics-6d5f8c9b7-abcde', job: 'kube-state-metrics', container: 'main' };
  it.each([
    ['shop/web', { deployment: 'web', ...KSM }],
    ['shop/db', { statefulset: 'db', ...KSM }],
    ['shop/log', { daemonset: 'log' }],
    ['shop/backup', { job_name: 'backup-29401260' }],
    ['shop/web', { pod: 'web-7d4b9c6f5d-x2x9z', container: 'app', job: 'kube-state-metrics' }],
    ['shop/web', { ...KSM, exported_namespace: 'shop', exported_pod: 'web-7d4b9c6f5d-x2x9z', namespace: 'monitoring' }],
    ['shop/db', { pod: 'db-12' }],
    ['shop/log', { pod: 'log-x2x9z' }],
    ['shop/backup', { pod: 'backup-29401260-x2x9z' }],
    ['shop/just-a-pod', { pod: 'just-a-pod' }],
    ['shop/app', { container: 'app' }],
    ['shop/PersistentVolumeClaim/data', { persistentvolumeclaim: 'data', node: 'pi-1' }],
    ['Node/pi-1', { alertname: 'KubeNodeNotReady', node: 'pi-1', ...KSM }],
    [
      'Node/10.0.0.7',
      { alertname: 'NodeMemoryHighUtilization', instance: '10.0.0.7:9100', pod: 'node-exporter-x2x9z' },
    ],
    ['Application/web', { alertname: 'ArgoCdAppOutOfSync', name: 'web', project: 'default' }],
    ['shop/Alert/TargetDown', { alertname: 'TargetDown', job: 'web' }],
  ])('is %s', async (key, labels) => {
    expect(keyOf(await ownerOf({ namespace: 'shop', ...labels }))).toBe(key);
  });

  it('is what the cluster says, where it can be asked', async () => {
    const labels = { namespace: 'shop', pod: 'strange-name' };
    const asked: string[] = [];
    const lookup = async (namespace: string, pod: string) => {
      asked.push(`${namespace}/${pod}`);
      return { kind: 'Deployment', name: 'web' };
    };
    expect(await ownerOf(labels, lookup)).toEqual({ kind: 'Deployment', namespace: 'shop', name: 'web' });
    expect(asked).toEqual(['shop/strange-name']);
    expect(keyOf(await ownerOf(labels, async () => ({ kind: 'Job', name: 'backup-29401260' })))).toBe('shop/backup');
    expect(keyOf(await ownerOf(labels, async () => undefined))).toBe('shop/strange-name');
    expect(keyOf(await ownerOf(labels, () => Promise.reject(new Error('away'))))).toBe('shop/strange-name');
  });

  it('of a pod is never empty', () => {
    expect(['-x2x9z', '-1', 'a-1', '0'].map(workloadOfPod)).toEqual(['-x2x9z', '-1', 'a', '0']);
  });
});
