import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { breakWorkload, healWorkload } from '../../lab/faults.ts';
import { Api, giteaApi } from '../../lab/gitops/api.ts';
import { labDown, labStatus, labUp, type WholeLabInfo } from '../../lab/index.ts';
import { kubectl } from '../../lab/kubectl-exec.ts';
import { scenarios } from '../../lab/scenarios/index.ts';
import { silent } from './a-lab.ts';
import { alerts, app, query } from './whole.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'lab', 'main.ts');
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let lab: WholeLabInfo;
let clusterPids: readonly (number | undefined)[];
let dir: string;

const pids = async () => (await labStatus({ dir })).components.map(({ pid }) => pid);
const k = (...args: string[]) => kubectl(lab, args);
const soon = (expectation: () => Promise<void>) => vi.waitFor(expectation, { timeout: 60_000, interval: 500 });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lab-whole-'));
  await labUp({ dir, report: silent, scope: 'cluster' });
  clusterPids = await pids();
  lab = await labUp({ dir, report: silent });
});
afterAll(async () => {
  await labDown({ dir, report: silent });
  await rm(dir, { recursive: true });
});

describe('the whole lab', () => {
  it('grows out of a cluster that runs, and leaves that as it is', async () => {
    const { up, components } = await labStatus({ dir });
    expect(up).toBe(true);
    expect(components.map(({ pid }) => pid).slice(0, clusterPids.length)).toEqual(clusterPids);
    expect(components.length).toBeGreaterThan(clusterPids.length);
  });

  it.each(['web', 'shop', 'orders', 'platform', 'cache', 'queue', 'team-alpha', 'team-beta'])(
    'has the application %s synced from Git and healthy',
    async (name) => {
      expect(await app(lab, name)).toMatchObject({ sync: 'Synced', health: 'Healthy' });
    },
  );

  it('scrapes all that there is, and has no alert but the one that always fires', async () => {
    await soon(async () => expect(await query(lab, 'up == 0')).toEqual([]));
    const jobs = (await query(lab, 'count by (job) (up)')).map(({ labels }) => labels.job);
    expect(jobs).toEqual(expect.arrayContaining(['kube-state-metrics', 'node-exporter', 'kubelet', 'argocd', 'gitea']));
    await soon(async () => expect((await alerts(lab)).map(({ alertname }) => alertname)).toEqual(['Watchdog']));
  });

  it('has a past: a week of usage that goes on as the present', async () => {
    const cpu = 'sum by (node) (rate(node_cpu_seconds_total{mode="user"}[5m]))';
    for (const days of [0, 1, 6]) {
      const nodes = await query(lab, cpu, Date.now() - days * DAY - 2 * MINUTE);
      expect(nodes.map(({ value }) => value > 0.2 && value < 2)).toEqual([true, true, true]);
    }
  });

  it('shows its tokens and passwords to their owner only', async () => {
    const { argocd, gitea } = lab;
    for (const { tokenFile, viewerTokenFile, passwordFile } of [argocd, gitea])
      for (const file of [tokenFile, viewerTokenFile, passwordFile])
        expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('tells a shell all addresses, and where the tokens lie, without a token', async () => {
    const { stdout } = await execa(process.execPath, [MAIN, '--dir', dir, 'up']);
    for (const name of ['KUBECONFIG', 'ARGOCD_SERVER', 'GITEA_URL', 'PROMETHEUS_URL'])
      expect(stdout).toContain(`export ${name}=`);
    const shown = await execa('bash', ['-c', `${stdout}\necho "$ALERTMANAGER_URL $GITEA_TOKEN"`]);
    const token = await readFile(lab.gitea.tokenFile, 'utf8');
    expect(shown.stdout).toBe(`${lab.alertmanager.url} ${token}`);
    expect(stdout).not.toContain(token);
  });

  it('has accounts that may read and change nothing', async () => {
    const token = async (file: string) => (await readFile(file, 'utf8')).trim();
    const argocd = new Api(`${lab.argocd.url}/api/v1`, `Bearer ${await token(lab.argocd.viewerTokenFile)}`);
    expect(await argocd.has('/applications/web')).toBe(true);
    await expect(argocd.call('POST', '/applications/web/sync', {})).rejects.toThrow('403');
    const gitea = new Api(`${lab.gitea.url}/api/v1`, `token ${await token(lab.gitea.viewerTokenFile)}`);
    expect(await gitea.has('/repos/lab/gitops/contents/apps')).toBe(true);
    await expect(gitea.call('POST', '/repos/lab/gitops/branches', { new_branch_name: 'mine' })).rejects.toThrow('403');
  });
});

/** Each in a namespace of its own, so that they can be broken at once: a person has one bad day, a test has all of them. */
const FAULTS = ['crashloop', 'oom', 'pending'] as const;
const TOGETHER = ['bad-commit', 'stuck-sync', 'out-of-sync', 'disk-full', 'target-down'] as const;

describe('a broken lab', { timeout: 90_000 }, () => {
  beforeAll(async () => {
    await Promise.all(FAULTS.map((fault) => breakWorkload(lab, fault, `broken-${fault}`)));
    for (const name of TOGETHER) await scenarios[name].break(lab);
  });

  const fires = (alertname: string, labels: Record<string, string>) =>
    soon(async () => expect(await alerts(lab)).toContainEqual(expect.objectContaining({ alertname, ...labels })));

  it('crashloop: pods that crash, in the metrics and as an alert', async () => {
    await fires('KubePodCrashLooping', { namespace: 'broken-crashloop' });
    await fires('KubeDeploymentReplicasMismatch', { namespace: 'broken-crashloop', deployment: 'crasher' });
    const restarts = 'max(kube_pod_container_status_restarts_total{namespace="broken-crashloop"})';
    await soon(async () => expect((await query(lab, restarts))[0]?.value).toBeGreaterThan(0));
  });

  it('oom: memory at its limit, and the kernel’s reason', async () => {
    await fires('KubePodCrashLooping', { namespace: 'broken-oom' });
    const reason = 'kube_pod_container_status_last_terminated_reason{namespace="broken-oom", reason="OOMKilled"}';
    expect(await query(lab, reason)).toHaveLength(2);
    const share =
      'container_memory_working_set_bytes{namespace="broken-oom"} / container_spec_memory_limit_bytes > 0.9';
    await soon(async () => expect(await query(lab, share)).toHaveLength(2));
  });

  it('pending: pods that no node has room for', async () => {
    await fires('KubePodNotReady', { namespace: 'broken-pending' });
    expect(await k('get', 'events', '--namespace=broken-pending')).toContain('Insufficient memory');
  });

  it('bad-commit: the newest commit of shop, which crashes where the one before still serves', async () => {
    const path = '/repos/lab/gitops/commits?path=apps/shop/base';
    const commits = z.array(z.object({ commit: z.object({ message: z.string() }) }));
    const [newest] = commits.parse(await (await giteaApi(lab.gitea)).call('GET', path));
    expect(newest?.commit.message).toContain('shop 1.5.0');
    await fires('KubePodCrashLooping', { namespace: 'shop' });
    await soon(async () => expect(await app(lab, 'shop')).toMatchObject({ sync: 'Synced', health: 'Degraded' }));
    expect(await k('logs', '--namespace=shop', '--selector=app=shop', '--previous', '--tail=1')).toContain('panic');
    await fires('ArgoCdAppUnhealthy', { name: 'shop' });
  });

  it('stuck-sync: a sync that waits for a migration without end', async () => {
    await soon(async () =>
      expect(await app(lab, 'orders')).toMatchObject({
        sync: 'OutOfSync',
        operation: { phase: 'Running', message: expect.stringContaining('batch/Job/orders-migrate') },
      }),
    );
    await fires('KubeContainerWaiting', { namespace: 'orders', reason: 'ImagePullBackOff' });
  });

  it('out-of-sync: an app that is not what Git says, and says nothing else', async () => {
    await soon(async () => expect(await app(lab, 'web')).toMatchObject({ sync: 'OutOfSync', health: 'Healthy' }));
    await fires('ArgoCdAppOutOfSync', { name: 'web' });
  });

  it('disk-full: a claim with no room, and a pod that cannot write', async () => {
    await fires('KubePersistentVolumeFillingUp', { persistentvolumeclaim: 'data-queue-0', severity: 'critical' });
    await fires('KubePodCrashLooping', { pod: 'queue-0' });
    expect(await k('logs', 'queue-0', '--namespace=queue', '--previous')).toContain('no space left on device');
  });

  it('target-down: a node exporter that nobody reaches', async () => {
    await fires('TargetDown', { job: 'node-exporter' });
    expect(await query(lab, 'up{job="node-exporter"} == 0')).toMatchObject([{ labels: { node: 'pi3' } }]);
  });

  it('tells a webhook of what it hears, once it is pointed to one', async () => {
    const heard: string[] = [];
    const server = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => heard.push(text));
      request.on('end', () => response.end());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = z.object({ port: z.int() }).parse(server.address());
    await lab.alertmanager.sendTo(`http://127.0.0.1:${address.port}/alerts`);
    await soon(async () => expect(heard.join()).toContain('"alertname":"KubePodCrashLooping"'));
    await lab.alertmanager.sendTo(undefined);
    server.close();
    server.closeAllConnections();
  });
});

describe('a healed lab', { timeout: 90_000 }, () => {
  beforeAll(async () => {
    await Promise.all(FAULTS.map((fault) => healWorkload(lab, fault, `broken-${fault}`)));
    for (const name of TOGETHER) await scenarios[name].heal(lab);
  });

  it.each(['web', 'shop', 'orders', 'queue'])('has %s synced and healthy again', async (name) => {
    await soon(async () => expect(await app(lab, name)).toMatchObject({ sync: 'Synced', health: 'Healthy' }));
  });

  it('has no alert left, and every target', async () => {
    await soon(async () => expect((await alerts(lab)).map(({ alertname }) => alertname)).toEqual(['Watchdog']));
    expect(await query(lab, 'up == 0')).toEqual([]);
  });

  it('says so when there is nothing to heal', async () => {
    expect(await scenarios['bad-commit'].heal(lab)).toContain('is not there');
  });
});

describe('node-down', { timeout: 120_000 }, () => {
  it('is seen as a silent node, its pods not ready and its kubelet gone, until it is healed', async () => {
    await scenarios['node-down'].break(lab);
    expect(await k('get', 'node', 'pi5-b', '--no-headers')).toContain('NotReady');
    for (const alertname of ['KubeNodeNotReady', 'KubeNodeUnreachable'])
      await soon(async () =>
        expect(await alerts(lab)).toContainEqual(expect.objectContaining({ alertname, node: 'pi5-b' })),
      );
    await soon(async () => expect(await query(lab, 'up{node="pi5-b"} == 0')).toHaveLength(2));
    await scenarios['node-down'].heal(lab);
    await soon(async () => expect((await alerts(lab)).map(({ alertname }) => alertname)).toEqual(['Watchdog']));
  });
});
