import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { LabInfo } from '../../../lab/index.ts';
import { kubectl } from '../../../lab/kubectl-exec.ts';
import { kubectlRig } from '../../support/kubectl-rig.ts';
import { freshNamespace, labForTests } from '../../support/lab.ts';
import { createObjects, readField, readyDeployment, removeNamespaces } from '../../support/lab-objects.ts';
import { aDeployment } from '../../support/workloads.ts';

let lab: LabInfo;
let namespace: string;
beforeAll(async () => {
  lab = await labForTests();
  namespace = await freshNamespace(lab, 'rollout');
  return () => removeNamespaces(lab, namespace);
});

const create = (...objects: object[]) => createObjects(lab, ...objects);
const read = (what: string, path: string) => readField(lab, namespace, what, path);
const deployment = (name: string, change?: Parameters<typeof readyDeployment>[3]) =>
  readyDeployment(lab, namespace, name, change);

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
