import { beforeAll, describe, expect, it } from 'vitest';
import type { LabInfo } from '../../../lab/index.ts';
import { kubectlRig } from '../../support/kubectl-rig.ts';
import { freshNamespace, labForTests } from '../../support/lab.ts';
import { createObjects, readField, readyDeployment, removeNamespaces } from '../../support/lab-objects.ts';
import { aConfigMap } from '../../support/workloads.ts';

let lab: LabInfo;
let namespace: string;
beforeAll(async () => {
  lab = await labForTests();
  namespace = await freshNamespace(lab, 'scale');
  return () => removeNamespaces(lab, namespace);
});

const create = (...objects: object[]) => createObjects(lab, ...objects);
const read = (what: string, path: string) => readField(lab, namespace, what, path);
const deployment = (name: string, change?: Parameters<typeof readyDeployment>[3]) =>
  readyDeployment(lab, namespace, name, change);

describe('scale', () => {
  it('scales nothing until a person says yes, and then once', async () => {
    const target = await deployment('scaled');
    const rig = kubectlRig(lab.kubeconfig);
    await rig.call('scale', { ...target, replicas: 3 });
    expect(await read('deploy/scaled', '{.spec.replicas}')).toBe('1');
    const answer = await rig.approved('scale', { ...target, replicas: 3 });
    expect(answer).toMatchObject({ isError: false, text: expect.stringContaining('scaled from 1 to 3') });
    expect(await read('deploy/scaled', '{.spec.replicas}')).toBe('3');
    expect(await rig.call('scale', { ...target, replicas: 3 })).toMatchObject({
      isError: true,
      text: expect.stringContaining('nothing would change'),
    });
  });

  it('says that an autoscaler will have its own count', async () => {
    const target = await deployment('auto');
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'auto' };
    const spec = { scaleTargetRef, minReplicas: 1, maxReplicas: 4 };
    await create({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'hpa', namespace },
      spec,
    });
    const rig = kubectlRig(lab.kubeconfig);
    await rig.call('scale', { ...target, replicas: 9 });
    expect(await rig.pending()).toMatchObject({
      risk: 'needs room on the nodes; HorizontalPodAutoscaler/hpa keeps it between 1 and 4',
    });
  });

  it('names the kinds that can be scaled', async () => {
    await create(aConfigMap('flat', namespace));
    const answer = await kubectlRig(lab.kubeconfig).call('scale', { kind: 'cm', name: 'flat', namespace, replicas: 2 });
    expect(answer.text).toMatch(/A ConfigMap cannot be scaled\. Deployment, StatefulSet/);
  });

  it('of somebody who may not is refused by the server before a person is asked', async () => {
    const rig = kubectlRig(lab.readonlyKubeconfig);
    const answer = await rig.call('scale', { ...(await deployment('guarded')), replicas: 2 });
    expect(answer.text).toMatch(/forbidden.*\(HTTP 403\)/);
    expect(await rig.approvals.list()).toEqual([]);
  });
});

describe('restart_pod', () => {
  it('ends a pod that has a controller at once, and refuses a bare one', async () => {
    await deployment('podded');
    const pod = (await read('pods', '{.items[?(@.metadata.labels.app=="podded")].metadata.name}')).split(' ')[0];
    const rig = kubectlRig(lab.kubeconfig, { confirm_actions: ['restart pod'] });
    await rig.call('restart_pod', { name: pod, namespace });
    expect(await read(`pod/${pod}`, '{.metadata.deletionTimestamp}')).toBe('');
    expect(await rig.approved('restart_pod', { name: pod, namespace })).toMatchObject({
      isError: false,
      text: expect.stringContaining('ReplicaSet/podded-'),
    });
    await create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'bare', namespace },
      spec: { containers: [{ name: 'c', image: 'registry.example.invalid/c' }] },
    });
    expect((await rig.call('restart_pod', { name: 'bare', namespace })).text).toContain('has no controller');
    expect(await read('pod/bare', '{.metadata.deletionTimestamp}')).toBe('');
  });
});
