import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import type { LabInfo } from '../../../lab/index.ts';
import { kubectl } from '../../../lab/kubectl-exec.ts';
import { tempFolder } from '../../support/gate-rig.ts';
import { kubectlRig } from '../../support/kubectl-rig.ts';
import { freshNamespace, labForTests } from '../../support/lab.ts';
import { createObjects, manifestOf, readField, removeNamespaces } from '../../support/lab-objects.ts';
import { aConfigMap, aDeployment } from '../../support/workloads.ts';

const EVERYTHING = { safe_actions: ['apply', 'patch', 'delete', 'scale', 'rollout'] };
const OURS = { labels: { 'app.kubernetes.io/part-of': 'k8s-agent-orchestrator' } };
const APPROVED = 'argocd.argoproj.io/deletion-approved';
const RBAC = 'rbac.authorization.k8s.io';

let lab: LabInfo;
let namespace: string;
beforeAll(async () => {
  lab = await labForTests();
  namespace = await freshNamespace(lab, 'floors');
  return async () => {
    await kubectl(lab, ['delete', 'clusterrole,clusterrolebinding', namespace, '--ignore-not-found']);
    await removeNamespaces(lab, namespace);
  };
});

const create = (...objects: object[]) => createObjects(lab, ...objects);
const read = (what: string, path: string) => readField(lab, namespace, what, path);

const aRole = (name: string, rules: object[]) => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'Role',
  metadata: { name, namespace },
  rules,
});
const aBinding = (name: string, kind: string, role: string) => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'RoleBinding',
  metadata: { name, namespace },
  roleRef: { apiGroup: RBAC, kind, name: role },
  subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
});
const READ_MAPS = { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] };

/** Somebody whom the API server lets write any role (escalate, bind), and who has few rights. */
async function rightsKeeper(): Promise<string> {
  const rules = [{ apiGroups: [RBAC], resources: ['roles', 'rolebindings'], verbs: ['*'] }, READ_MAPS];
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'keeper', namespace } };
  const bound = aBinding('keeper', 'Role', 'keeper');
  await create(account, aRole('keeper', rules), {
    ...bound,
    subjects: [{ kind: 'ServiceAccount', name: 'keeper', namespace }],
  });
  const clusterRole = {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRole',
    metadata: { name: namespace },
    rules: [{ apiGroups: [RBAC], resources: ['clusterroles'], verbs: ['get', 'bind'] }],
  };
  const clusterBinding = {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: namespace },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: namespace },
    subjects: [{ kind: 'ServiceAccount', name: 'keeper', namespace }],
  };
  await create(clusterRole, clusterBinding);
  const token = await kubectl(lab, ['create', 'token', 'keeper', `--namespace=${namespace}`]);
  const config = parse(readFileSync(lab.readonlyKubeconfig, 'utf8'));
  config.users[0].user = { token };
  const file = join(tempFolder(), 'kubeconfig');
  writeFileSync(file, stringify(config), { mode: 0o600 });
  return file;
}

describe('rights', () => {
  it('that the caller has are asked about; those that it does not have nobody can give through us', async () => {
    const rig = kubectlRig(await rightsKeeper(), EVERYTHING);
    const apply = async (...objects: object[]) => (await rig.call('apply', { manifest: manifestOf(...objects) })).text;
    expect(await apply(aRole('maps', [READ_MAPS]))).toContain('Waiting for a person');
    expect(await apply(aRole('secrets', [{ ...READ_MAPS, resources: ['configmaps', 'secrets'] }]))).toMatch(
      /^Refused by floor: Role\/secrets grants "get secrets", which this kubeconfig's user does not have/,
    );
    expect(await apply(aRole('all', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]))).toContain(
      'grants "* *.*"',
    );
    expect(await apply(aBinding('admin', 'ClusterRole', 'cluster-admin'))).toMatch(
      /^Refused by floor: RoleBinding\/admin grants "\*/,
    );
    expect(await apply(aBinding('ghost', 'Role', 'ghost'))).toMatch(
      /binds Role\/ghost, which is not there or cannot be read/,
    );
    expect(await apply(aRole('pair', [READ_MAPS]), aBinding('pair', 'Role', 'pair'))).toContain('Waiting for a person');
    const many = Array.from({ length: 500 }, (_, n) => `kind${n}`);
    expect(await apply(aRole('many', [{ ...READ_MAPS, resources: many }]))).toContain('more than can be compared');
    await create(aRole('grows', [READ_MAPS]));
    const patch = [{ op: 'add', path: '/rules/0/resources/-', value: 'secrets' }];
    const { text } = await rig.call('patch', { kind: 'role', name: 'grows', namespace, patch });
    expect(text).toMatch(/^Refused by floor: Role\/grows grants "get secrets"/);
    expect(await read('role', '{.items[*].metadata.name}')).toBe('grows keeper');
  });

  it('are never written without a person, whatever the settings say', async () => {
    const rig = kubectlRig(lab.kubeconfig, EVERYTHING);
    const manifest = manifestOf(aRole('quiet', [READ_MAPS]));
    expect((await rig.call('apply', { manifest })).text).toContain('Waiting for a person');
    expect(await rig.pending()).toMatchObject({ rule: expect.stringContaining('cannot make this safe') });
    expect(await rig.call('apply', { manifest: manifestOf(aConfigMap('quiet', namespace)) })).toMatchObject({
      isError: false,
    });
    await create(aRole('old', [READ_MAPS]));
    await rig.call('delete', { kind: 'role', name: 'old', namespace });
    expect(await read('role/old', '{.metadata.name}')).toBe('old');
  });
});

describe('what belongs to this system', () => {
  it('is not changed, scaled, deleted or restarted', async () => {
    await create(aDeployment('dashboard', namespace, { metadata: OURS }));
    const rig = kubectlRig(lab.kubeconfig, EVERYTHING);
    const target = { kind: 'deploy', name: 'dashboard', namespace };
    const manifest = manifestOf(aDeployment('dashboard', namespace, { replicas: 2 }));
    const calls: [string, object][] = [
      ['scale', { ...target, replicas: 0 }],
      ['patch', { ...target, patch: { metadata: { labels: { 'app.kubernetes.io/part-of': null } } } }],
      ['delete', target],
      ['rollout_restart', target],
      ['rollout_pause', target],
      ['apply', { manifest, force: true }],
    ];
    for (const [tool, input] of calls) {
      const { text } = await rig.call(tool, input);
      expect(text, tool).toMatch(/^Refused by floor: this belongs to k8s-agent-orchestrator itself/);
    }
    expect(await read('deploy/dashboard', '{.spec.replicas}')).toBe('1');
  });

  it('does not go with its namespace or with an owner', async () => {
    const home = await freshNamespace(lab, 'home');
    onTestFinished(async () => void (await removeNamespaces(lab, home)));
    await create(aConfigMap('policy', home, {}, OURS));
    const { text } = await kubectlRig(lab.kubeconfig, EVERYTHING).call('delete', { kind: 'ns', name: home });
    expect(text).toMatch(/^Refused by floor: this belongs/);
  });

  it('is not joined: nothing gets its label', async () => {
    await create(aConfigMap('plain', namespace));
    const rig = kubectlRig(lab.kubeconfig, EVERYTHING);
    const manifest = manifestOf(aConfigMap('fresh', namespace, {}, OURS));
    expect((await rig.call('apply', { manifest })).text).toMatch(/^Refused by floor: it would carry the label/);
    const input = { kind: 'cm', name: 'plain', namespace, patch: { metadata: OURS } };
    expect((await rig.call('patch', input)).text).toMatch(/^Refused by floor: it would carry the label/);
  });
});

describe('the approval of a deletion', () => {
  const template = { spec: { template: { metadata: { annotations: { [APPROVED]: 'true' } } } } };
  const merge = { metadata: { annotations: { [APPROVED]: 'true' } } };
  const operation = [{ op: 'add', path: '/metadata/annotations', value: { [APPROVED]: 'true' } }];

  it.each([
    ['a merge patch', merge],
    ['a json patch', operation],
    ['a pod template', template],
  ])('is not given by %s', async (_, patch) => {
    await create(aDeployment('precious', namespace));
    const rig = kubectlRig(lab.kubeconfig, EVERYTHING);
    const { text } = await rig.call('patch', { kind: 'deploy', name: 'precious', namespace, patch });
    expect(text).toMatch(/^Refused by floor: it sets or removes argocd.argoproj.io\/deletion-approved/);
  });

  it('is not given by apply, and not taken back either', async () => {
    const rig = kubectlRig(lab.kubeconfig, EVERYTHING);
    const marked = aConfigMap('marked', namespace, {}, { annotations: { [APPROVED]: 'true' } });
    expect((await rig.call('apply', { manifest: manifestOf(marked) })).text).toMatch(/^Refused by floor: it sets/);
    await create(marked);
    const patch = { metadata: { annotations: { [APPROVED]: null } } };
    expect((await rig.call('patch', { kind: 'cm', name: 'marked', namespace, patch })).text).toMatch(
      /^Refused by floor/,
    );
    const other = { data: { key: 'other' } };
    expect(await rig.call('patch', { kind: 'cm', name: 'marked', namespace, patch: other })).toMatchObject({
      isError: false,
    });
  });
});
