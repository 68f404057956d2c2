import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { LabInfo } from '../../../lab/index.ts';
import { kubectl } from '../../../lab/kubectl-exec.ts';
import { kubectlRig } from '../../support/kubectl-rig.ts';
import { freshNamespace, labForTests } from '../../support/lab.ts';
import { manifestOf, readField, removeNamespaces } from '../../support/lab-objects.ts';
import { aConfigMap, aDeployment } from '../../support/workloads.ts';

let lab: LabInfo;
let namespace: string;
beforeAll(async () => {
  lab = await labForTests();
  namespace = await freshNamespace(lab, 'apply');
  return () => removeNamespaces(lab, namespace);
});

const read = (what: string, path: string, where = namespace) => readField(lab, where, what, path);

describe('apply', () => {
  it('creates what is new, changes what is there, and asks nobody about what is as it should be', async () => {
    const rig = kubectlRig(lab.kubeconfig);
    const first = manifestOf(aConfigMap('a', namespace), aConfigMap('b', namespace));
    await rig.call('apply', { manifest: first });
    expect(await rig.pending()).toMatchObject({ change: 'create 2', risk: 'new objects only' });
    expect(await read('cm/a', '{.data}')).toBe('');
    expect((await rig.approved('apply', { manifest: first })).text).toBe(
      `Applied: ConfigMap/a in ${namespace}, ConfigMap/b in ${namespace}.`,
    );
    expect((await rig.call('apply', { manifest: first })).text).toContain('manifest: nothing would change');

    const second = manifestOf(aConfigMap('a', namespace, { key: 'new' }), aConfigMap('b', namespace));
    await rig.call('apply', { manifest: second });
    expect(await rig.pending()).toMatchObject({
      change: 'change 1 (+1 −1 lines), 1 as they are',
      details: expect.stringMatching(/-\s+key: value\n\+\s+key: new/),
    });
    await rig.approved('apply', { manifest: second });
    expect(await read('cm/a', '{.data.key}')).toBe('new');
  });

  it('names us as the manager of its fields', async () => {
    const manifest = manifestOf(aConfigMap('managed', namespace));
    await kubectlRig(lab.kubeconfig).approved('apply', { manifest });
    const managers = await kubectl(lab, [
      'get',
      'cm/managed',
      `--namespace=${namespace}`,
      '--show-managed-fields',
      '--output=jsonpath={.metadata.managedFields[*].manager}',
    ]);
    expect(managers).toBe('k8s-agent-orchestrator');
  });

  it('takes fields from another manager by force only, and says whose they are', async () => {
    const object = aConfigMap('owned', namespace);
    await kubectl(lab, ['apply', '--server-side', '--field-manager=helm', '-f', '-'], manifestOf(object));
    const rig = kubectlRig(lab.kubeconfig);
    const manifest = manifestOf(aConfigMap('owned', namespace, { key: 'ours' }));
    const refused = await rig.call('apply', { manifest });
    expect(refused).toMatchObject({ isError: true });
    expect(refused.text).toMatch(/conflict with "helm".*\.data\.key.*force=true/);
    expect(await rig.approvals.list()).toEqual([]);
    await rig.approved('apply', { manifest, force: true });
    expect(await read('cm/owned', '{.data.key}')).toBe('ours');
  });

  it('makes a namespace and what is in it from one manifest', async () => {
    const fresh = `${namespace}-new`;
    onTestFinished(async () => void (await removeNamespaces(lab, fresh)));
    const manifest = manifestOf(aDeployment('web', fresh), aConfigMap('c', fresh), {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: fresh },
    });
    const rig = kubectlRig(lab.kubeconfig);
    await rig.call('apply', { manifest });
    expect(await rig.pending()).toMatchObject({
      change: 'create 3',
      details: expect.stringContaining('its namespace is made by this manifest'),
    });
    const answer = await rig.approved('apply', { manifest });
    expect(answer.text).toBe(`Applied: Namespace/${fresh}, ConfigMap/c in ${fresh}, Deployment/web in ${fresh}.`);
    expect(await read('deploy/web', '{.metadata.name}', fresh)).toBe('web');
  });

  it('still checks the schema where the namespace is not there yet', async () => {
    const fresh = `${namespace}-never`;
    const manifest = manifestOf(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: fresh } },
      { ...aConfigMap('c', fresh), bogus: 1 },
    );
    const rig = kubectlRig(lab.kubeconfig);
    expect((await rig.call('apply', { manifest })).text).toContain('unknown field "bogus"');
    expect(await rig.approvals.list()).toEqual([]);
  });

  it('says which documents are in the cluster when one fails, and which were not tried', async () => {
    const full = await freshNamespace(lab, 'full');
    onTestFinished(async () => void (await removeNamespaces(lab, full)));
    // Each of two ConfigMaps has room (kube-root-ca.crt is the first), and both together have not.
    const spec = { hard: { configmaps: '2' } };
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q', namespace: full }, spec };
    await kubectl(lab, ['apply', '-f', '-'], JSON.stringify(quota));
    await vi.waitFor(async () => expect(await read('quota/q', '{.status.used.configmaps}', full)).toBe('1'), 20_000);
    const manifest = manifestOf(aDeployment('late', full), aConfigMap('a', full), aConfigMap('b', full));
    const answer = await kubectlRig(lab.kubeconfig).approved('apply', { manifest });
    expect(answer.isError).toBe(true);
    expect(answer.text).toMatch(/^ConfigMap\/b in \S+: .*exceeded quota/);
    expect(answer.text).toContain(`Applied before it: ConfigMap/a in ${full}. Not tried: Deployment/late in ${full}.`);
    expect(await read('cm', '{.items[*].metadata.name}', full)).toBe('a kube-root-ca.crt');
    expect(await read('deploy', '{.items[*].metadata.name}', full)).toBe('');
  });

  it.each([
    [
      'a document in another namespace than the parameter',
      (m: string) => ({ manifest: m, namespace: 'default' }),
      /is in .* and the parameter says default/,
    ],
    [
      'a kind that the cluster does not have',
      (m: string) => ({ manifest: m.replace('ConfigMap', 'Widget') }),
      /has no Widget in v1\. Check apiVersion/,
    ],
    ['an unknown field', (m: string) => ({ manifest: m.replace('"data"', '"date"') }), /date/],
  ])('refuses %s before anybody is asked', async (_, input, message) => {
    const rig = kubectlRig(lab.kubeconfig);
    const answer = await rig.call('apply', input(manifestOf(aConfigMap('x', namespace))));
    expect(answer).toMatchObject({ isError: true, text: expect.stringMatching(message) });
    expect(await rig.approvals.list()).toEqual([]);
  });

  it('of somebody who may not is the server’s refusal', async () => {
    const answer = await kubectlRig(lab.readonlyKubeconfig).call('apply', {
      manifest: manifestOf(aConfigMap('x', namespace)),
    });
    expect(answer.text).toMatch(/forbidden.*HTTP 403/);
  });

  it('asks once for all documents, and one forbidden document refuses them all', async () => {
    const rig = kubectlRig(lab.kubeconfig, { forbidden_actions: ['apply secret'] });
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace }, stringData: { a: 'b' } };
    const answer = await rig.call('apply', { manifest: manifestOf(aConfigMap('x', namespace), secret) });
    expect(answer.text).toMatch(/^Refused by "apply secret"/);
    expect(await read('cm/x', '{.metadata.name}')).toBe('');
  });

  it('never shows or logs a Secret’s data', async () => {
    const rig = kubectlRig(lab.kubeconfig);
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'hidden', namespace },
      stringData: { pin: 'hunter2' },
    };
    await rig.call('apply', { manifest: manifestOf(secret) });
    const approval = await rig.pending();
    await rig.approved('apply', { manifest: manifestOf(secret) });
    expect(JSON.stringify([approval, rig.records()])).not.toMatch(/hunter2|aHVudGVyMg/);
    expect(await read('secret/hidden', '{.data.pin}')).toBe('aHVudGVyMg==');
  });
});
