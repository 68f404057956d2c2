import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LabInfo } from '../../lab/index.ts';
import { kubectl } from '../../lab/kubectl-exec.ts';
import { mayI, type Permission } from '../../shared/cluster/access.ts';
import { nameOf } from '../../shared/cluster/objects.ts';
import { arrayAt } from '../../shared/kernel/json.ts';
import tools from '../../shared/policy/tools.gen.json' with { type: 'json' };
import { kubectlRig } from '../support/kubectl-rig.ts';
import { clusterFor, freshNamespace, labForTests } from '../support/lab.ts';
import { createObjects, manifestOf, readField, readyDeployment, removeNamespaces } from '../support/lab-objects.ts';
import { aConfigMap, aDeployment } from '../support/workloads.ts';
import { type DeployedDaemon, deployDaemon } from './daemon-rig.ts';

/** An approval is void when its target has moved: waits until the controllers are done with a Deployment, or it is gone. */
async function settled(name: string): Promise<void> {
  const counts = ['updatedReplicas', 'availableReplicas', 'replicas'].map((part) => `{.status.${part}}`).join(' ');
  const path = `{.metadata.generation} {.spec.replicas} {.status.observedGeneration} ${counts}`;
  await vi.waitFor(
    async () => {
      const found = await readField(lab, shop, `deployment/${name}`, path);
      const [generation = '', wanted = '', ...now] = found.split(' ');
      expect(now).toEqual(found === '' ? [] : [generation, wanted, wanted, wanted]);
    },
    { timeout: 20_000, interval: 100 },
  );
}

/** A user who allows everything: what is left is what the API server says. */
const EVERYTHING = {
  safe_actions: [
    'apply',
    'patch',
    'delete',
    'scale',
    'rollout',
    'restart',
    'cordon',
    'drain',
    'uncordon',
    'delete node',
  ],
};

let lab: LabInfo;
let daemon: DeployedDaemon;
let shop: string;
beforeAll(async () => {
  lab = await labForTests();
  daemon = await deployDaemon(lab, 'daemon/base');
  shop = await freshNamespace(lab, 'shop');
  await readyDeployment(lab, shop, 'web');
  await createObjects(lab, aConfigMap('settings', shop));
});
afterAll(async () => {
  await daemon.remove();
  await removeNamespaces(lab, shop);
});

const signal = () => AbortSignal.timeout(20_000);

describe('the kubectl server’s account', () => {
  const inShop = (rest: object = {}) => ({ namespace: shop, ...rest });
  const web = () => inShop({ kind: 'deployment', name: 'web' });

  const READS: Readonly<Record<string, () => object>> = {
    get: () => inShop({ kind: 'pods' }),
    describe: web,
    events: () => inShop(),
    explain: () => ({ kind: 'deployment' }),
    diff: () => ({ manifest: manifestOf(aDeployment('web', shop, { replicas: 2 })) }),
    health: () => ({}),
    logs: () => inShop({ name: 'deployment/web' }),
    rollout_history: web,
    rollout_status: () => ({ ...web(), wait: 1 }),
    top: () => ({ kind: 'nodes' }),
  };

  it('lets every reading tool work', async () => {
    const reading = tools.filter(({ server, effect }) => server === 'kubectl' && effect === 'read');
    expect(Object.keys(READS).sort()).toEqual(reading.map(({ tool }) => tool).sort());
    const rig = kubectlRig(await daemon.accessOf('kubectl'));
    for (const [tool, input] of Object.entries(READS)) {
      const { isError, text } = await rig.call(tool, input());
      expect({ tool, text, isError }).toMatchObject({ isError: false });
      expect(text).not.toMatch(/may not|forbidden|not (?:all|wholly)/i);
    }
  });

  it('lists each kind that its role names', async () => {
    const rig = kubectlRig(await daemon.accessOf('kubectl'));
    const served = (await kubectl(lab, ['api-resources', '--output=name'])).split('\n');
    const role = daemon.objects.find((object) => nameOf(object).startsWith('k8s-agent-kubectl-read'));
    const kinds = arrayAt(role, 'rules').flatMap((rule) =>
      arrayAt(rule, 'resources').map((resource) => `${resource}.${arrayAt(rule, 'apiGroups')[0]}`.replace(/\.$/, '')),
    );
    const here = kinds.filter((kind) => served.includes(kind) && !kind.includes('/'));
    expect(here.length).toBeGreaterThan(20);
    for (const kind of here) {
      const { isError, text } = await rig.call('get', { kind, all_namespaces: true });
      expect({ kind, text, isError }).toMatchObject({ isError: false });
    }
  });

  it('does not read a Secret', async () => {
    await createObjects(lab, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key', namespace: shop } });
    const rig = kubectlRig(await daemon.accessOf('kubectl'));
    for (const input of [{ kind: 'secrets' }, { kind: 'secret', name: 'key' }]) {
      const { isError, text } = await rig.call('get', inShop(input));
      expect({ isError, text }).toMatchObject({ isError: true, text: expect.stringMatching(/may not|forbidden/i) });
    }
  });

  it('lets every changing tool do what it is for', async () => {
    const rig = kubectlRig(await daemon.accessOf('kubectl'), EVERYTHING);
    const WRITES: readonly (readonly [tool: string, input: object])[] = [
      ['apply', { manifest: manifestOf(aDeployment('fresh', shop), aConfigMap('fresh', shop)) }],
      ['apply', { manifest: manifestOf(aConfigMap('fresh', shop, { key: 'other' })) }],
      ['patch', inShop({ kind: 'deployment', name: 'fresh', patch: { metadata: { labels: { a: 'b' } } } })],
      ['scale', inShop({ kind: 'deployment', name: 'fresh', replicas: 2 })],
      ['rollout_restart', inShop({ kind: 'deployment', name: 'fresh' })],
      ['rollout_pause', inShop({ kind: 'deployment', name: 'fresh' })],
      ['rollout_resume', inShop({ kind: 'deployment', name: 'fresh' })],
      ['rollout_undo', inShop({ kind: 'deployment', name: 'fresh' })],
      ['delete', inShop({ kind: 'configmap', name: 'fresh' })],
      ['delete', inShop({ kind: 'deployment', name: 'fresh' })],
    ];
    for (const [tool, input] of WRITES) {
      await settled('fresh');
      const { isError, text } = await rig.approved(tool, input);
      expect(isError ? `${tool}: ${text}` : '').toBe('');
    }
    const pod = await readField(lab, shop, 'pods', '{.items[0].metadata.name}');
    expect(await rig.approved('restart_pod', inShop({ name: pod }))).toMatchObject({ isError: false });
  });

  it.each<[string, object]>([
    ['cordon', { name: 'pi5-b' }],
    ['drain', { name: 'pi5-b', delete_emptydir_data: true, force: true }],
    ['delete', { kind: 'node', name: 'pi5-b' }],
  ])('does not %s a node, even for a user who allows it', async (tool, input) => {
    const rig = kubectlRig(await daemon.accessOf('kubectl'), EVERYTHING);
    const { isError, text } = await rig.approved(tool, input);
    expect({ isError, text }).toMatchObject({
      isError: true,
      text: expect.stringMatching(/may not|forbidden|cannot/i),
    });
    expect(await readField(lab, shop, 'node/pi5-b', '{.spec.unschedulable}')).toBe('');
  });

  it('changes nothing in the namespace of the daemon, and nothing in kube-system', async () => {
    const rig = kubectlRig(await daemon.accessOf('kubectl'), EVERYTHING);
    for (const namespace of [daemon.namespace, 'kube-system']) {
      const { isError, text } = await rig.approved('apply', { manifest: manifestOf(aConfigMap('mine', namespace)) });
      expect({ isError, text }).toMatchObject({
        isError: true,
        text: expect.stringContaining('agents change nothing'),
      });
    }
  });

  it('scales nothing there either, which is a request of a subresource', async () => {
    const account = await daemon.accessOf('kubectl');
    await createObjects(lab, aDeployment('idle', daemon.namespace, { replicas: 0 }));
    const { isError, text } = await kubectlRig(account, EVERYTHING).approved('scale', {
      ...{ kind: 'deployment', name: 'idle', namespace: daemon.namespace, replicas: 1 },
    });
    expect({ isError, text }).toMatchObject({ isError: true, text: expect.stringContaining('agents change nothing') });
    expect(await readField(lab, daemon.namespace, 'deployment/idle', '{.spec.replicas}')).toBe('0');
  });

  it('has none of the rights that would give it all others', async () => {
    const cluster = clusterFor(await daemon.accessOf('kubectl'));
    const wanted: readonly Permission[] = [
      { verb: 'get', group: '', resource: 'secrets' },
      { verb: 'create', group: '', resource: 'pods' },
      { verb: 'create', group: '', resource: 'pods', subresource: 'exec' },
      { verb: 'create', group: '', resource: 'pods', subresource: 'eviction' },
      { verb: 'create', group: '', resource: 'serviceaccounts', subresource: 'token' },
      { verb: 'get', group: '', resource: 'nodes', subresource: 'proxy' },
      { verb: 'impersonate', group: '', resource: 'users' },
      { verb: 'escalate', group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
      { verb: 'bind', group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
      { verb: '*', group: '*', resource: '*' },
    ];
    for (const permission of wanted) {
      for (const namespace of [undefined, daemon.namespace])
        expect({ ...permission, may: await mayI(cluster, { ...permission, namespace }, signal()) }).toMatchObject({
          may: false,
        });
    }
  });
});
