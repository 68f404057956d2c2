import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestToken } from '../../daemon/access/token.ts';
import { readNodes, readPods } from '../../daemon/status/cluster.ts';
import { seeWorkload } from '../../daemon/verify/workload.ts';
import type { LabInfo } from '../../lab/index.ts';
import { kubectl } from '../../lab/kubectl-exec.ts';
import { tryManifests } from '../../servers/gitea/try-manifests.ts';
import { mayI, type Permission } from '../../shared/cluster/access.ts';
import { clusterFor, freshNamespace, labForTests } from '../support/lab.ts';
import { manifestOf, readField, readyDeployment, removeNamespaces } from '../support/lab-objects.ts';
import { aConfigMap, aDeployment } from '../support/workloads.ts';
import { type DeployedDaemon, deployDaemon, NAME } from './daemon-rig.ts';

let lab: LabInfo;
let daemon: DeployedDaemon;
let shop: string;
beforeAll(async () => {
  lab = await labForTests();
  daemon = await deployDaemon(lab, 'daemon/overlays/pi5');
  shop = await freshNamespace(lab, 'shop');
  await readyDeployment(lab, shop, 'web');
});
afterAll(async () => {
  await daemon.remove();
  await removeNamespaces(lab, shop);
});

const signal = () => AbortSignal.timeout(20_000);

describe('the gitea server’s account', () => {
  const changeTo = (...objects: object[]) => [
    { path: 'shop/app.yaml', before: undefined, after: { text: manifestOf(...objects), base64: '' } },
  ];

  it('tries manifests out, in the namespace that they are for', async () => {
    const cluster = clusterFor(await daemon.accessOf('gitea'));
    const notes = await tryManifests(
      cluster,
      changeTo(aDeployment('web', shop, { replicas: 3 }), aConfigMap('new', shop), aConfigMap('new', 'not-yet')),
      signal(),
    );
    expect(notes).toEqual([
      'the API server accepts Deployment/web',
      'the API server accepts ConfigMap/new',
      expect.stringContaining('ConfigMap/new'),
    ]);
    expect(await readField(lab, shop, 'deployment/web', '{.spec.replicas}')).toBe('1');
    const broken = changeTo({ ...aDeployment('web', shop), spec: { replicas: 'many' } });
    await expect(tryManifests(cluster, broken, signal())).rejects.toThrow(/app\.yaml: Deployment\/web/);
  });

  it('changes nothing for good', async () => {
    const as = { ...lab, kubeconfig: await daemon.accessOf('gitea') };
    const create = (...flags: string[]) =>
      kubectl(as, ['create', ...flags, '-f', '-'], manifestOf(aConfigMap('mine', shop)));
    await create('--dry-run=server');
    await expect(create()).rejects.toThrow('k8s-agent-gitea tries manifests out and changes nothing');
    const scale = ['scale', 'deployment/web', '--replicas=3', `--namespace=${shop}`];
    await expect(kubectl(as, scale)).rejects.toThrow(/forbidden/);
    expect(await readField(lab, shop, 'configmap/mine', '{.metadata.name}')).toBe('');
  });
});

describe('the daemon’s own account', () => {
  it('reads what the status and a verification need', async () => {
    const cluster = clusterFor(await daemon.kubeconfigOf(NAME));
    expect((await readNodes(cluster, signal())).find(({ name }) => name === 'pi5-a')?.memory?.used).toBeGreaterThan(0);
    await readPods(cluster, signal());
    const pod = await readField(lab, shop, 'pods', '{.items[0].metadata.name}');
    expect(await seeWorkload(cluster, { namespace: shop, pod }, signal())).toMatchObject({
      state: 'well',
      text: expect.stringContaining('web'),
    });
  });

  it('gets tokens of the two servers’ accounts, and of no other', async () => {
    const cluster = clusterFor(await daemon.kubeconfigOf(NAME));
    const ask = (name: string, namespace = daemon.namespace) =>
      requestToken(cluster, { namespace, name, seconds: 600 }, signal());
    expect((await ask('k8s-agent-kubectl')).token).not.toBe('');
    expect((await ask('k8s-agent-gitea')).token).not.toBe('');
    for (const [name, namespace] of [[NAME], ['default'], ['default', 'kube-system']] as const)
      await expect(ask(name, namespace)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('changes nothing, and reads no Secret', async () => {
    const cluster = clusterFor(await daemon.kubeconfigOf(NAME));
    const wanted: readonly Permission[] = [
      { verb: 'patch', group: 'apps', resource: 'deployments' },
      { verb: 'delete', group: '', resource: 'pods' },
      { verb: 'get', group: '', resource: 'secrets' },
      { verb: 'get', group: '', resource: 'configmaps' },
      { verb: 'get', group: '', resource: 'pods', subresource: 'log' },
    ];
    for (const permission of wanted)
      expect([permission, await mayI(cluster, { ...permission, namespace: daemon.namespace }, signal())]).toEqual([
        permission,
        false,
      ]);
  });
});

describe('the pod', () => {
  it('runs in a namespace that takes restricted pods only, as the daemon’s account', async () => {
    await kubectl(lab, ['rollout', 'status', `deployment/${NAME}`, `--namespace=${daemon.namespace}`, '--timeout=50s']);
    expect(await readField(lab, daemon.namespace, 'pods', '{.items[*].status.phase}')).toBe('Running');
    expect(await readField(lab, daemon.namespace, 'pods', '{.items[*].spec.serviceAccountName}')).toBe(NAME);
  });

  it('never goes to the Pi 3, not even if it tolerates everything', async () => {
    const to = [`deployment/${NAME}`, `--namespace=${daemon.namespace}`];
    const spec = { replicas: 6, template: { spec: { tolerations: [{ operator: 'Exists' }] } } };
    await kubectl(lab, ['patch', ...to, `--patch=${JSON.stringify({ spec })}`]);
    await kubectl(lab, ['rollout', 'status', ...to, '--timeout=50s']);
    const nodes = await readField(lab, daemon.namespace, 'pods', '{.items[*].spec.nodeName}');
    expect([...new Set(nodes.split(' '))].sort()).toEqual(['pi5-a', 'pi5-b']);
  });
});
