import { beforeAll, describe, expect, it } from 'vitest';
import type { LabInfo } from '../../../lab/index.ts';
import { kubectl } from '../../../lab/kubectl-exec.ts';
import { kubectlRig } from '../../support/kubectl-rig.ts';
import { freshNamespace, labForTests } from '../../support/lab.ts';
import { createObjects, readField, readyDeployment, removeNamespaces } from '../../support/lab-objects.ts';

let lab: LabInfo;
let namespace: string;
beforeAll(async () => {
  lab = await labForTests();
  namespace = await freshNamespace(lab, 'patch');
  return () => removeNamespaces(lab, namespace);
});

const create = (...objects: object[]) => createObjects(lab, ...objects);
const read = (what: string, path: string) => readField(lab, namespace, what, path);
const deployment = (name: string, change?: Parameters<typeof readyDeployment>[3]) =>
  readyDeployment(lab, namespace, name, change);

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
