import { expect, it, onTestFinished, vi } from 'vitest';
import { sleep } from '../../daemon/sleep.ts';
import { sourcesOf } from '../../daemon/status/sources.ts';
import { type Remedied, verify } from '../../daemon/verify/verify.ts';
import { breakWorkload, healWorkload } from '../../lab/faults.ts';
import { parseConfig } from '../../shared/config/parse.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { alertSchema } from '../../shared/workflow/events.ts';
import { alerts } from '../lab/whole.ts';
import { freshNamespace, wholeLabForTests } from '../support/lab.ts';
import { removeNamespaces } from '../support/lab-objects.ts';

const lab = await wholeLabForTests();

const config = parseConfig(`kubectl: { kubeconfig: "${lab.kubeconfig}" }`, 'k8s-agent.yaml');
const env = { PROMETHEUS_URL: lab.prometheus.url, ALERTMANAGER_URL: lab.alertmanager.url };
const sources = sourcesOf(config, env, systemClock);
const options = { sources, clock: systemClock, sleep, log: () => {} };
const never = new AbortController().signal;

/** As a run knows it whose incident has heard nothing yet. */
async function alertIn(namespace: string): Promise<Remedied['alert']> {
  const find = async () => {
    const found = (await alerts(lab)).find(
      (labels) => labels.alertname === 'KubePodCrashLooping' && labels.namespace === namespace,
    );
    return found ?? expect.fail('the alert does not fire yet');
  };
  return alertSchema.parse({ labels: await vi.waitFor(find, { timeout: 90_000, interval: 500 }) });
}

it('a workload that crashes has not cleared; once it is repaired, it has', async () => {
  const namespace = await freshNamespace(lab, 'verify');
  onTestFinished(async () => void (await removeNamespaces(lab, namespace)));
  await breakWorkload(lab, 'crashloop', namespace);
  const alert = await alertIn(namespace);
  const about = { alert, changedAt: systemClock.now(), resolved: async () => false };

  const broken = await verify({ ...options, minutes: 0 }, about, never);
  expect(broken?.result).toBe('not-cleared');
  expect(broken?.detail).toMatch(/^KubePodCrashLooping still fires for crasher-\S+, crasher-\S+, by Alertmanager\./);
  expect(broken?.detail).toContain(`Deployment crasher in ${namespace}: 0 of 2 pods ready.`);

  await healWorkload(lab, 'crashloop', namespace);
  const repaired = await verify({ ...options, minutes: 3 }, { ...about, changedAt: systemClock.now() }, never);
  expect(repaired).toMatchObject({ result: 'cleared' });
  expect(repaired?.detail).toContain(`Deployment crasher in ${namespace}: 2 of 2 pods ready.`);
}, 330_000);
