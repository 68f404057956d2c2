import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { LabInfo } from '../../../lab/index.ts';
import { kubectl } from '../../../lab/kubectl-exec.ts';
import { kubectlRig } from '../../support/kubectl-rig.ts';
import { freshNamespace, labForTests } from '../../support/lab.ts';
import { createObjects, removeNamespaces } from '../../support/lab-objects.ts';
import { aConfigMap, aDeployment } from '../../support/workloads.ts';

let lab: LabInfo;
let namespace: string;
beforeAll(async () => {
  lab = await labForTests();
  namespace = await freshNamespace(lab, 'delete');
  return () => removeNamespaces(lab, namespace);
});

const create = (...objects: object[]) => createObjects(lab, ...objects);
const exists = async (what: string) =>
  (await kubectl(lab, ['get', what, `--namespace=${namespace}`, '--ignore-not-found', '--output=name'])) !== '';
const aClaim = (name: string, where: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: where },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'none', resources: { requests: { storage: '1Gi' } } },
});

async function detailsOf(input: object): Promise<string> {
  const rig = kubectlRig(lab.kubeconfig);
  const answer = await rig.call('delete', input);
  const [approval] = await rig.approvals.list();
  if (approval === undefined) throw new Error(answer.text);
  return `${approval.change}\n${approval.risk}\n${approval.details}`;
}

describe('delete', () => {
  it('names what goes with a Deployment, and deletes it after a yes', async () => {
    await create(aDeployment('web', namespace, { replicas: 2 }));
    await kubectl(lab, ['rollout', 'status', 'deployment/web', `--namespace=${namespace}`, '--timeout=40s']);
    const target = { kind: 'deploy', name: 'web', namespace };
    expect(await detailsOf(target)).toMatch(
      /takes 3 other objects, 2 pods among them with it\n.*\n.*goes too: 1 ReplicaSet, 2 Pod/,
    );
    expect(await exists('deploy/web')).toBe(true);
    expect(await kubectlRig(lab.kubeconfig).approved('delete', target)).toMatchObject({ isError: false });
    await vi.waitFor(async () => expect(await exists('deploy/web')).toBe(false), { timeout: 10_000 });
  });

  it('of somebody’s orphan says that what it owns stays', async () => {
    await create(aDeployment('parent', namespace));
    await kubectl(lab, ['rollout', 'status', 'deployment/parent', `--namespace=${namespace}`, '--timeout=40s']);
    const target = { kind: 'deploy', name: 'parent', namespace, propagation: 'orphan' };
    expect(await detailsOf(target)).toMatch(/what it owns stays without an owner[\s\S]*stays: 1 ReplicaSet, 1 Pod/);
    await kubectlRig(lab.kubeconfig).approved('delete', target);
    await vi.waitFor(async () => expect(await exists('deploy/parent')).toBe(false), { timeout: 10_000 });
    expect(await exists('rs')).toBe(true);
  });

  it('counts everything in a namespace, and names its claims', async () => {
    const doomed = await freshNamespace(lab, 'doomed');
    onTestFinished(async () => void (await removeNamespaces(lab, doomed)));
    await create(aConfigMap('one', doomed), aConfigMap('two', doomed), aClaim('data', doomed));
    const details = await detailsOf({ kind: 'ns', name: doomed });
    expect(details).toMatch(/goes too: .*[23] ConfigMap/);
    expect(details).toContain('1 PersistentVolumeClaim');
    expect(details).toContain('PersistentVolumeClaim/data goes; its volume (none yet) follows its reclaim policy');
  });

  it('says which pods mount a claim', async () => {
    const pod = (name: string, claimName: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace },
      spec: {
        containers: [{ name: 'c', image: 'registry.example.invalid/c' }],
        volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }],
      },
    });
    await create(aClaim('used', namespace), aClaim('free', namespace), pod('user', 'used'));
    expect(await detailsOf({ kind: 'pvc', name: 'used', namespace })).toContain('mounted by user: it waits for them');
    expect(await detailsOf({ kind: 'pvc', name: 'free', namespace })).toContain('no pod mounts it');
  });

  it('says that a StatefulSet’s claims stay', async () => {
    const { spec, ...rest } = aDeployment('db', namespace);
    const volumeClaimTemplates = [{ metadata: { name: 'data' }, spec: aClaim('', '').spec }];
    await create({ ...rest, kind: 'StatefulSet', spec: { ...spec, serviceName: 'db', volumeClaimTemplates } });
    await vi.waitFor(async () => expect(await exists('pvc/data-db-0')).toBe(true), { timeout: 20_000 });
    expect(await detailsOf({ kind: 'sts', name: 'db', namespace })).toContain('its claims stay: data-db-0');
  });

  it('names finalizers, and says what a grace of 0 means', async () => {
    await create(aConfigMap('held', namespace, {}, { finalizers: ['example.com/hold'] }));
    const target = { kind: 'cm', name: 'held', namespace, grace_seconds: 0 };
    const details = await detailsOf(target);
    expect(details).toContain('until these finalizers are done: example.com/hold');
    expect(details).toContain('deletes it, without time to end');
    const answer = await kubectlRig(lab.kubeconfig).approved('delete', target);
    expect(answer.text).toContain('is being deleted');
    await kubectl(lab, [
      'patch',
      'cm/held',
      `--namespace=${namespace}`,
      '--type=merge',
      '--patch={"metadata":{"finalizers":null}}',
    ]);
  });

  it('deletes nothing in place of what was shown', async () => {
    await create(aConfigMap('twin', namespace));
    const rig = kubectlRig(lab.kubeconfig);
    const target = { kind: 'cm', name: 'twin', namespace };
    await rig.call('delete', target);
    const { id } = await rig.pending();
    await kubectl(lab, ['delete', 'cm/twin', `--namespace=${namespace}`]);
    await create(aConfigMap('twin', namespace));
    await rig.approvals.settle(id, { decision: 'approve', by: 'anna', via: 'cli' });
    await rig.call('delete', target);
    expect(await rig.approvals.get(id)).toMatchObject({ state: 'void' });
    expect(await exists('cm/twin')).toBe(true);
  });

  it('of a node is forbidden, in every spelling', async () => {
    for (const kind of ['node', 'Nodes', 'no', 'node/pi3']) {
      const answer = await kubectlRig(lab.kubeconfig).call('delete', { kind, name: 'pi3' });
      expect(answer.text).toMatch(/^Refused by "delete node"/);
    }
  });
});
