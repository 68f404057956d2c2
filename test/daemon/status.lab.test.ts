import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { reportStatus } from '../../daemon/status/reporter.ts';
import { takeSnapshot } from '../../daemon/status/snapshot.ts';
import { sourcesOf } from '../../daemon/status/sources.ts';
import { breakWorkload } from '../../lab/faults.ts';
import { parseConfig } from '../../shared/config/parse.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { statusSchema } from '../../shared/control-plane/status.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { fakeClock } from '../support/clock.ts';
import { tempFolder } from '../support/gate-rig.ts';
import { freshNamespace, wholeLabForTests } from '../support/lab.ts';
import { removeNamespaces } from '../support/lab-objects.ts';

const lab = await wholeLabForTests();

const env = {
  ARGOCD_SERVER: lab.argocd.url,
  ARGOCD_AUTH_TOKEN: readFileSync(lab.argocd.viewerTokenFile, 'utf8').trim(),
  PROMETHEUS_URL: lab.prometheus.url,
  ALERTMANAGER_URL: lab.alertmanager.url,
};

function looking(change: Partial<typeof env> = {}, clock = systemClock) {
  const config = parseConfig(`kubectl: { kubeconfig: "${lab.kubeconfig}" }`, 'k8s-agent.yaml');
  const sources = sourcesOf(config, { ...env, ...change }, clock);
  return { sources, by: 'test', clock, log: () => {} };
}

it('a snapshot has the nodes with what they use, the pods in trouble, the alerts and the applications', async () => {
  const namespace = await freshNamespace(lab, 'status');
  onTestFinished(async () => void (await removeNamespaces(lab, namespace)));
  await breakWorkload(lab, 'imagepull', namespace);
  await vi.waitFor(
    async () => {
      const status = statusSchema.parse(await takeSnapshot(looking()));
      expect(status.nodes.items.map(({ name, ready }) => [name, ready]).sort()).toEqual([
        ['pi3', true],
        ['pi5-a', true],
        ['pi5-b', true],
      ]);
      for (const { cpu, memory } of status.nodes.items) {
        expect(memory?.used).toBeLessThan(memory?.of ?? 0);
        expect(cpu?.used).toBeGreaterThan(0);
      }
      expect(status.nodes.items.find(({ name }) => name === 'pi5-a')?.roles).toContain('control-plane');
      const pods = status.pods.items.filter((pod) => pod.namespace === namespace);
      expect(pods.map(({ reason }) => reason)).toEqual(['ImagePullBackOff', 'ImagePullBackOff']);
      expect(status.pods.items.filter((pod) => pod.namespace === 'shop')).toEqual([]);
      expect(status.apps.items).toContainEqual(
        expect.objectContaining({
          name: 'orders',
          sync: 'Synced',
          health: 'Healthy',
          revision: expect.stringMatching(/^[0-9a-f]{40}$/),
        }),
      );
      expect(status.alerts.error).toBeUndefined();
      expect(status.alerts.items.filter(({ namespace: of }) => of === namespace)).not.toEqual([]);
      expect(status.trends.map(({ name }) => name)).toEqual(['CPU', 'Memory', 'Firing alerts']);
    },
    { timeout: 60_000, interval: 1_000 },
  );
}, 90_000);

it('a part that cannot be read keeps what was seen before, with its age and the reason, and the others go on', async () => {
  const clock = fakeClock();
  const first = await takeSnapshot(looking({}, clock));
  clock.advance(60_000);
  const second = await takeSnapshot(looking({ ARGOCD_SERVER: 'http://127.0.0.1:9' }, clock), first);
  expect(second.apps).toMatchObject({
    at: first.apps.at,
    items: first.apps.items,
    error: expect.stringContaining('Argo CD'),
  });
  expect(second.nodes).toMatchObject({ at: clock.now() });
  expect(second.nodes.error).toBeUndefined();
});

it('what is not set up says how to set it', async () => {
  const { ARGOCD_SERVER: _, ...rest } = env;
  const config = parseConfig(`kubectl: { kubeconfig: "${lab.kubeconfig}" }`, 'k8s-agent.yaml');
  const sources = sourcesOf(config, rest, systemClock);
  const status = await takeSnapshot({ sources, by: 'test', clock: systemClock, log: () => {} });
  expect(status.apps).toMatchObject({ items: [], error: expect.stringContaining('ARGOCD_SERVER') });
});

it('a status is published at once, and until it is told to stop', async () => {
  const { board, close } = openSqlite(join(tempFolder(), 'state.db'), systemClock);
  const ended = new AbortController();
  const reporting = reportStatus({ ...looking(), board }, ended.signal);
  await vi.waitFor(async () => expect((await board.status())?.nodes.items).toHaveLength(3), { timeout: 30_000 });
  ended.abort();
  await reporting;
  await close();
});
