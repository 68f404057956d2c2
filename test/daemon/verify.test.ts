import { describe, expect, it } from 'vitest';
import { aDeployment } from '../support/kube.ts';
import { anAlert } from './incidents-rig.ts';
import { broken, listed, repaired, verified, WEB } from './verify-rig.ts';

const gone = { ...broken(), alertmanager: [] };
const starting = { ...repaired(), objects: { [WEB]: aDeployment('web', 2, 1) } };

describe('after a change that has helped', () => {
  it('the alert and the workload have to be well for two looks in a row, thirty seconds apart', async () => {
    const { verification, looks } = await verified({ 0: broken(), 20: repaired() });
    expect(looks).toEqual([0, 10, 25, 55]);
    expect(verification).toEqual({
      result: 'cleared',
      detail:
        'KubePodCrashLooping does not fire any more, by Alertmanager. Deployment web in shop: 2 of 2 pods ready. Seen twice, 30 s apart, the last time 55s after the change.',
    });
  });

  it('an alert that flaps, or a pod that falls over again, begins the wait anew', async () => {
    const { verification, looks } = await verified({ 0: repaired(), 20: broken(), 50: repaired() });
    expect(looks).toEqual([0, 30, 45, 67.5, 97.5]);
    expect(verification?.result).toBe('cleared');
  });

  it('that its alerts have resolved is enough, without asking Alertmanager', async () => {
    const { verification, requests } = await verified({
      0: { ...repaired(), alertmanager: undefined, resolved: true },
    });
    expect(verification?.detail).toMatch(/^Its alerts have resolved\. Deployment web in shop: 2 of 2 pods ready\./);
    expect(requests.filter((path) => !path.startsWith('/k8s'))).toEqual([]);
  });

  it('what is well for the first time at the very end gets its second look', async () => {
    const { verification, looks } = await verified({ 0: broken(), 60: repaired() }, { minutes: 1 });
    expect(looks.slice(-2)).toEqual([60, 90]);
    expect(verification?.result).toBe('cleared');
  });

  it('a daemon that was away for longer than that still looks', async () => {
    const { verification } = await verified({ 0: repaired() }, { from: 3_600 });
    expect(verification?.result).toBe('cleared');
  });
});

describe('after a change that has not helped', () => {
  it('it says in the end what is still amiss, with names and numbers', async () => {
    const { verification, looks } = await verified({ 0: broken() });
    expect(verification).toEqual({
      result: 'not-cleared',
      detail:
        'KubePodCrashLooping still fires for web-7d4b9c6f5d-x2x9z, web-7d4b9c6f5d-b4b5c, by Alertmanager. Deployment web in shop: 0 of 2 pods ready. This is 15m after the change.',
    });
    expect(looks.at(-1)).toBe(900);
    expect(looks.length).toBeLessThan(35);
  });

  it('a workload that is not ready is not made well by the silence of its alert', async () => {
    const { verification } = await verified({ 0: gone, 60: starting });
    expect(verification?.result).toBe('not-cleared');
    expect(verification?.detail).toContain('1 of 2 pods ready');
  });

  it('a new pod that crashes as the old one did is the same alert', async () => {
    const alertmanager = [listed({ pod: 'web-5c6d7f8b9c-k7m8n' })];
    const { verification } = await verified({ 0: { ...repaired(), alertmanager } });
    expect(verification?.detail).toContain('still fires for web-5c6d7f8b9c-k7m8n');
  });

  it('alerts about other workloads, and others about the same, are none of its business', async () => {
    const others = [listed({ pod: 'api-7d4b9c6f5d-x2x9z' }), listed({ alertname: 'CPUThrottlingHigh', pod: 'web-1' })];
    const { verification } = await verified({ 0: { ...repaired(), alertmanager: others } });
    expect(verification?.result).toBe('cleared');
  });

  it('a silence is no cure', async () => {
    const alertmanager = [listed({ pod: 'web-7d4b9c6f5d-x2x9z' }, ['a-silence'])];
    const { verification } = await verified({ 0: { ...repaired(), alertmanager } });
    expect(verification?.result).toBe('not-cleared');
    expect(verification?.detail).toContain('a silence keeps it quiet, and cures nothing');
  });
});

describe('what cannot be seen proves nothing', () => {
  it('it looks on, and in the end names what it could not see', async () => {
    const { verification } = await verified({ 0: { ...repaired(), objects: undefined, alertmanager: undefined } });
    expect(verification?.result).toBe('not-cleared');
    expect(verification?.detail).toContain('Whether the alert fires could not be seen: Cannot reach Alertmanager');
    expect(verification?.detail).toContain('Cannot reach Prometheus');
    expect(verification?.detail).toContain('Whether the workload is ready could not be seen: Cannot reach the API');
  });

  it('a backend that comes back in time is believed', async () => {
    const { verification } = await verified({ 0: { ...repaired(), objects: undefined }, 60: repaired() });
    expect(verification?.result).toBe('cleared');
  });

  it('an answer that is no list of alerts is no empty list', async () => {
    const { verification } = await verified({ 0: { ...repaired(), alertmanager: { status: 'success' } } });
    expect(verification?.detail).toContain('Alertmanager answered something else than a list of alerts');
  });

  it('Prometheus tells where Alertmanager is not there', async () => {
    const alerts = (state: string) => ({ data: { alerts: [{ ...listed({ pod: 'web-7d4b9c6f5d-x2x9z' }), state }] } });
    const by = (state: string) => ({ ...repaired(), alertmanager: undefined, prometheus: alerts(state) });
    const still = await verified({ 0: by('firing') });
    expect(still.verification?.detail).toContain('KubePodCrashLooping still fires for web-7d4b9c6f5d-x2x9z, by Prom');
    expect((await verified({ 0: by('pending') })).verification?.result).toBe('cleared');
  });

  it('what nobody has set up is named with the rest', async () => {
    const { verification } = await verified({ 0: repaired() }, { env: {}, minutes: 1 });
    expect(verification?.detail).toContain('No address of Alertmanager is set. No address of Prometheus is set.');
  });
});

it('a daemon that is stopped has no verdict', async () => {
  const stopped = new AbortController();
  stopped.abort();
  expect((await verified({ 0: repaired() }, { signal: stopped.signal })).verification).toBeUndefined();
});

it('an alert about nothing in the cluster is judged by itself', async () => {
  const alert = anAlert({ labels: { alertname: 'CertificateExpires', namespace: '', pod: '' } });
  const { verification } = await verified({ 0: { ...repaired(), objects: {} } }, { alert });
  expect(verification?.result).toBe('cleared');
  expect(verification?.detail).toContain('Alert CertificateExpires: nothing in the cluster tells more than its alert.');
});

it('an alert about an address that is no node is judged by itself', async () => {
  const labels = { alertname: 'ProbeFailed', namespace: '', pod: '', instance: 'https://shop.lan/a/../b:443' };
  const { verification } = await verified({ 0: { ...repaired(), objects: {} } }, { alert: anAlert({ labels }) });
  expect(verification?.detail).toContain('nothing in the cluster tells more than its alert.');
  expect(verification?.result).toBe('cleared');
});
