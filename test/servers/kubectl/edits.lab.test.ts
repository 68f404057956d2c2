import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { LabInfo } from '../../../lab/index.ts';
import { kubectl } from '../../../lab/kubectl-exec.ts';
import { kubectlRig } from '../../support/kubectl-rig.ts';
import { freshNamespace, labForTests } from '../../support/lab.ts';
import { aConfigMap, aDeployment } from '../../support/workloads.ts';

let lab: LabInfo;
let namespace: string;
beforeAll(async () => {
  lab = await labForTests();
  namespace = await freshNamespace(lab, 'edits');
});

const create = (...objects: object[]) =>
  kubectl(lab, ['apply', '--server-side', '-f', '-'], objects.map((object) => JSON.stringify(object)).join('\n---\n'));
const read = async (what: string, path: string) =>
  kubectl(lab, ['get', what, `--namespace=${namespace}`, `--output=jsonpath=${path}`]);
const deployment = async (name: string, change?: Parameters<typeof aDeployment>[2]) => {
  await create(aDeployment(name, namespace, change));
  await kubectl(lab, ['rollout', 'status', `deployment/${name}`, `--namespace=${namespace}`, '--timeout=40s']);
  return { kind: 'deploy', name, namespace };
};

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

describe('patch', () => {
  it('shows the diff that the server makes of it, and writes exactly that', async () => {
    const target = await deployment('patched', { replicas: 2 });
    const patch = {
      spec: { template: { spec: { containers: [{ name: 'web', image: 'registry.example.invalid/web:2' }] } } },
    };
    const rig = kubectlRig(lab.kubeconfig);
    await rig.call('patch', { ...target, patch });
    expect(await rig.pending()).toMatchObject({
      change: '+1 −1 lines',
      risk: 'a rollout replaces its 2 pods',
      details: expect.stringMatching(/-\s+image: \S+web:1\n\+\s+image: \S+web:2/),
    });
    expect(await rig.approved('patch', { ...target, patch })).toMatchObject({ isError: false });
    expect(await read('deploy/patched', '{.spec.template.spec.containers[0].image}')).toMatch(/web:2$/);
  });

  it('never shows a Secret’s data', async () => {
    await create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace },
      stringData: { a: 'hunter2' },
    });
    const rig = kubectlRig(lab.kubeconfig);
    await rig.call('patch', { kind: 'secret', name: 's', namespace, patch: { stringData: { a: 'hunter3' } } });
    const approval = await rig.pending();
    expect(approval.details).toContain('a: "*** (changed)"');
    const wrong = { stringData: { a: 'hunter4' }, bogus: 1 };
    const refused = await rig.call('patch', { kind: 'secret', name: 's', namespace, patch: wrong });
    expect(refused.text).toContain('unknown field "bogus"');
    expect(JSON.stringify([approval, refused, rig.records()])).not.toMatch(/hunter|aHVudGVy/);
  });

  it.each([
    ['a field that does not exist', { spec: { bogus: 1 } }, 'strategic', /unknown field/],
    ['a value of the wrong type', { spec: { replicas: 'many' } }, 'merge', /HTTP 4/],
    ['a test that fails', [{ op: 'test', path: '/spec/replicas', value: 77 }], 'json', /HTTP 422/],
    ['a name in the patch that is another’s', { metadata: { name: 'other' } }, 'merge', /HTTP 4/],
  ])('with %s is the model’s to correct: nobody is asked', async (_, patch, type, message) => {
    const target = await deployment('strict');
    const rig = kubectlRig(lab.kubeconfig);
    expect(await rig.call('patch', { ...target, patch, type })).toMatchObject({
      isError: true,
      text: expect.stringMatching(message),
    });
    expect(await rig.approvals.list()).toEqual([]);
  });

  it('is void when its target moves between question and answer', async () => {
    const target = await deployment('moving');
    const input = { ...target, patch: { metadata: { labels: { a: 'b' } } } };
    const rig = kubectlRig(lab.kubeconfig);
    await rig.call('patch', input);
    const { id } = await rig.pending();
    await kubectl(lab, ['annotate', 'deploy/moving', `--namespace=${namespace}`, 'by=somebody']);
    await rig.approvals.settle(id, { decision: 'approve', by: 'anna', via: 'cli' });
    expect((await rig.call('patch', input)).text).toContain('Waiting for a person');
    expect(await rig.approvals.get(id)).toMatchObject({ state: 'void' });
    expect(await read('deploy/moving', '{.metadata.labels.a}')).toBe('');
  });
});

describe('a rollout', () => {
  it('restarts by a mark in the template, which makes new pods', async () => {
    const target = await deployment('restarted');
    const before = await read('pods', '{.items[?(@.metadata.labels.app=="restarted")].metadata.name}');
    const answer = await kubectlRig(lab.kubeconfig).approved('rollout_restart', target);
    expect(answer).toMatchObject({ isError: false, text: expect.stringContaining('is restarting') });
    await vi.waitFor(
      async () => {
        const now = await read('pods', '{.items[?(@.metadata.labels.app=="restarted")].metadata.name}');
        expect(now).not.toContain(before);
      },
      { timeout: 30_000, interval: 500 },
    );
  });

  it('pauses, refuses undo and restart meanwhile, and resumes', async () => {
    const target = await deployment('paused');
    const rig = kubectlRig(lab.kubeconfig);
    expect((await rig.call('rollout_resume', target)).text).toContain('nothing would change');
    expect(await rig.approved('rollout_pause', target)).toMatchObject({ isError: false });
    expect(await read('deploy/paused', '{.spec.paused}')).toBe('true');
    expect((await rig.call('rollout_undo', target)).text).toContain('is paused: it cannot be rolled back');
    expect((await rig.call('rollout_restart', target)).text).toContain('is paused: a restart would wait');
    expect(await rig.approved('rollout_resume', target)).toMatchObject({ isError: false });
    expect(await read('deploy/paused', '{.spec.paused}')).toBe('');
  });

  it('goes back to an earlier revision, with what came later gone', async () => {
    const target = await deployment('undone');
    const set = (image: string) =>
      kubectl(lab, ['set', 'image', 'deploy/undone', `web=${image}`, `--namespace=${namespace}`]);
    await set('registry.example.invalid/web:2');
    await kubectl(lab, ['set', 'env', 'deploy/undone', 'LATER=1', `--namespace=${namespace}`]);
    await kubectl(lab, ['rollout', 'status', 'deploy/undone', `--namespace=${namespace}`, '--timeout=40s']);
    const rig = kubectlRig(lab.kubeconfig);
    await rig.call('rollout_undo', { ...target, revision: 1 });
    expect(await rig.pending()).toMatchObject({
      change: 'back from revision 3 to 1',
      details: expect.stringMatching(/-\s+- name: LATER/),
    });
    expect(await rig.approved('rollout_undo', { ...target, revision: 1 })).toMatchObject({ isError: false });
    expect(await read('deploy/undone', '{.spec.template.spec.containers[0]}')).toMatch(/web:1"/);
    expect(await read('deploy/undone', '{.spec.template.spec.containers[0].env}')).toBe('');
    expect((await rig.call('rollout_undo', { ...target, revision: 9 })).text).toMatch(
      /has no revision 9 to go back to\. Earlier revisions: [\d, ]+\./,
    );
  });

  it.each(['StatefulSet', 'DaemonSet'])('of a %s goes back by its ControllerRevisions', async (kind) => {
    const name = kind.toLowerCase();
    const { spec, ...rest } = aDeployment(name, namespace);
    const { replicas: _, ...shared } = spec;
    await create({ ...rest, kind, spec: kind === 'DaemonSet' ? shared : { ...spec, serviceName: name } });
    const target = { kind, name, namespace };
    const image = () => read(`${kind}/${name}`, '{.spec.template.spec.containers[0].image}');
    await vi.waitFor(
      async () => expect(await read('controllerrevisions', '{.items[*].metadata.name}')).toContain(name),
      {
        timeout: 20_000,
      },
    );
    const rig = kubectlRig(lab.kubeconfig);
    expect((await rig.call('rollout_undo', target)).text).toContain('has no earlier revision');
    await kubectl(lab, [
      'set',
      'image',
      `${kind}/${name}`,
      'web=registry.example.invalid/web:2',
      `--namespace=${namespace}`,
    ]);
    await vi.waitFor(
      async () => expect((await rig.call('rollout_undo', target)).text).toContain('back from revision 2 to 1'),
      { timeout: 20_000, interval: 500 },
    );
    expect(await rig.approved('rollout_undo', target)).toMatchObject({ isError: false });
    expect(await image()).toMatch(/web:1$/);
  });

  it.each([
    ['rollout_pause', 'StatefulSet', /A StatefulSet has no rollout to pause\. Kinds: Deployment\./],
    ['rollout_restart', 'Pod', /A Pod has no rollout to restart\. Kinds: Deployment, StatefulSet, DaemonSet\./],
    ['rollout_undo', 'rs', /A ReplicaSet has no rollout to undo/],
  ])('%s of a %s is refused with the kinds that have it', async (tool, kind, message) => {
    const answer = await kubectlRig(lab.kubeconfig).call(tool, { kind, name: 'x', namespace });
    expect(answer).toMatchObject({ isError: true, text: expect.stringMatching(message) });
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
