import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { WholeLabInfo } from '../../../lab/index.ts';
import { kubectl } from '../../../lab/kubectl-exec.ts';
import { argocdRig } from '../../support/argocd-rig.ts';
import { ArgocdPerson } from '../../support/gitops-app.ts';
import { wholeLabForTests } from '../../support/lab.ts';
import { readField, removeNamespaces } from '../../support/lab-objects.ts';
import type { ToolRig } from '../../support/tool-rig.ts';

let lab: WholeLabInfo;
let argocd: ArgocdPerson;
const made: string[] = [];

const yaml = (object: object) => `${JSON.stringify(object)}\n`;
const config = (name: string, value: string, metadata: object = {}) =>
  yaml({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data: { value } });

async function anApp(files: Readonly<Record<string, string>>, syncPolicy?: object): Promise<{ readonly name: string }> {
  const app = await argocd.app(files, syncPolicy);
  made.push(app.name);
  return app;
}

/** Changes the live object past Git, and waits until Argo CD has heard of it. */
async function setLive(rig: ToolRig, app: string, value: string): Promise<void> {
  const patch = JSON.stringify({ data: { value } });
  await kubectl(lab, ['-n', app, 'patch', 'configmap', 'one', '--type=merge', '-p', patch]);
  await says(rig, 'diff_app', app, new RegExp(`- {2}value: ${value}\\n`));
}

const says = (rig: ToolRig, tool: string, app: string, text: RegExp) =>
  vi.waitFor(async () => expect((await rig.call(tool, { app })).text).toMatch(text), {
    timeout: 30_000,
    interval: 500,
  });

beforeAll(async () => {
  lab = await wholeLabForTests();
  argocd = new ArgocdPerson(lab);
  await argocd.knowGitea();
});

afterAll(async () => {
  await argocd.forget(...made);
  await removeNamespaces(lab, ...made);
});

describe('sync_app', () => {
  it('brings an application under auto-sync back, too, at the commit that was previewed', async () => {
    const { name } = await anApp({ 'app/one.yaml': config('one', 'a') }, { automated: {} });
    const rig = argocdRig(lab.argocd);
    await says(rig, 'get_app', name, /: Synced, Healthy[\s\S]*operation +Succeeded/);
    await setLive(rig, name, 'by hand');
    expect((await rig.call('sync_app', { app: name })).text).toMatch(/^Waiting for a person/);
    expect((await rig.pending()).change).toMatch(/^to \w{10}: change 1$/);
    expect((await rig.approved('sync_app', { app: name })).text).toMatch(/: Succeeded at \w{10}: now Synced/);
    expect(await readField(lab, name, 'configmap/one', '{.data.value}')).toBe('a');
  });

  it('is void when somebody has changed the live object since the yes', async () => {
    const { name } = await anApp({ 'app/one.yaml': config('one', 'a') });
    const rig = argocdRig(lab.argocd);
    await rig.approved('sync_app', { app: name });
    await setLive(rig, name, 'by hand');
    await rig.call('sync_app', { app: name });
    const first = await rig.pending();
    await rig.approvals.settle(first.id, { decision: 'approve', by: 'anna', via: 'cli' });
    await setLive(rig, name, 'by another hand');
    expect((await rig.call('sync_app', { app: name })).text).toMatch(/^Waiting for a person/);
    expect(await rig.approvals.get(first.id)).toMatchObject({ state: 'void' });
  });

  it('says which hooks it runs', async () => {
    const hook = (when: string) => ({ annotations: { 'argocd.argoproj.io/hook': when } });
    const { name } = await anApp({
      'app/one.yaml': config('one', 'a'),
      'app/before.yaml': config('before', 'a', hook('PreSync')),
      'app/failed.yaml': config('failed', 'a', hook('SyncFail')),
    });
    const rig = argocdRig(lab.argocd);
    await rig.call('sync_app', { app: name });
    const { change, details } = await rig.pending();
    expect(change).toMatch(/: create 1, run 1 hook$/);
    expect(details).not.toMatch(/ConfigMap\/failed/);
    expect(details).toMatch(/hook ConfigMap\/before \(PreSync\)/);
  });

  it.each([
    [
      'a deletion approved',
      { annotations: { 'argocd.argoproj.io/deletion-approved': '2026-01-01' } },
      /deletion-approved/,
    ],
    [
      'something of this system',
      { labels: { 'app.kubernetes.io/part-of': 'k8s-agent-orchestrator' } },
      /this system itself/,
    ],
  ])('brings no %s out of Git', async (_, metadata, reason) => {
    const { name } = await anApp({ 'app/one.yaml': config('one', 'a', metadata) });
    const { text } = await argocdRig(lab.argocd, { safe_actions: ['sync'] }).call('sync_app', { app: name });
    expect(text).toMatch(/^Refused by floor: ConfigMap\/one: /);
    expect(text).toMatch(reason);
  });

  it('of rights asks a person, whatever policy says', async () => {
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'r' }, rules: [] };
    const { name } = await anApp({ 'app/role.yaml': yaml(role) });
    const rig = argocdRig(lab.argocd, { safe_actions: ['sync'] });
    expect((await rig.call('sync_app', { app: name })).text).toMatch(/^Waiting for a person/);
    expect((await rig.pending()).risk).toMatch(/changes rights: Role\/r/);
  });

  it('masks what a Secret holds', async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { key: 'hunter-two' } };
    const { name } = await anApp({ 'app/secret.yaml': yaml(secret) });
    const rig = argocdRig(lab.argocd);
    await rig.call('sync_app', { app: name });
    const seen = `${(await rig.pending()).details} ${(await rig.call('diff_app', { app: name })).text}`;
    expect(seen).toContain('Secret/s');
    expect(seen).not.toMatch(new RegExp(`hunter-two|${Buffer.from('hunter-two').toString('base64')}`));
  });

  it('waits for the window of the project, and bothers nobody before', async () => {
    const project = `window-${Date.now().toString(36)}`;
    await argocd.send('POST', '/projects', {
      project: {
        metadata: { name: project },
        spec: {
          sourceRepos: ['*'],
          destinations: [{ namespace: '*', server: '*' }],
          clusterResourceWhitelist: [{ group: '*', kind: '*' }],
          syncWindows: [{ kind: 'deny', schedule: '* * * * *', duration: '24h', applications: ['*'] }],
        },
      },
    });
    const { name } = await anApp({ 'app/one.yaml': config('one', 'a') });
    const { spec } = Object(await argocd.send('GET', `/applications/${name}`));
    await argocd.send('PUT', `/applications/${name}/spec`, { ...spec, project });
    const rig = argocdRig(lab.argocd);
    expect((await rig.call('sync_app', { app: name })).text).toMatch(/A sync window .* allows no sync now/);
    expect(await rig.approvals.list({ states: ['pending'] })).toEqual([]);
  });
});

describe('create_app', () => {
  it.each([
    [{ namespace: 'elsewhere' }, /Project \S+ does not allow namespace elsewhere there, only: only-here on https/],
    [
      { repo: 'https://git.example.invalid/x.git' },
      /does not allow repository https:\/\/git\.example\.invalid\/x\.git, only: /,
    ],
    [{ cluster: 'moon' }, /Argo CD knows no cluster moon\. It knows: in-cluster\./],
    [{ project: 'nobodys' }, /There is no project nobodys\./],
  ])('bothers nobody with what the project does not allow: %j', async (wrong, message) => {
    const project = `narrow-${Date.now().toString(36)}`;
    await argocd.send('POST', '/projects', {
      project: {
        metadata: { name: project },
        spec: {
          sourceRepos: [`${lab.gitea.url}/*`],
          destinations: [{ namespace: 'only-here', server: 'https://kubernetes.default.svc' }],
        },
      },
    });
    const input = {
      app: 'new',
      project,
      repo: `${lab.gitea.url}/lab/gitops.git`,
      path: 'apps/web',
      namespace: 'only-here',
    };
    const rig = argocdRig(lab.argocd);
    expect((await rig.call('create_app', { ...input, ...wrong })).text).toMatch(message);
    expect(await rig.approvals.list({ states: ['pending'] })).toEqual([]);
  });
});

describe('delete_app', () => {
  it('names the data that goes, and what stays by its own wish', async () => {
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    };
    const stays = { annotations: { 'argocd.argoproj.io/sync-options': 'Delete=false' } };
    const { name } = await anApp({
      'app/one.yaml': config('one', 'a', stays),
      'app/two.yaml': config('two', 'a'),
      'app/claim.yaml': yaml(claim),
    });
    const rig = argocdRig(lab.argocd);
    await rig.approved('sync_app', { app: name });
    await rig.call('delete_app', { app: name, cascade: true });
    const { change, risk, details } = await rig.pending();
    expect(change).toMatch(
      /^with 2 resources: (1 ConfigMap, 1 PersistentVolumeClaim|1 PersistentVolumeClaim, 1 ConfigMap)$/,
    );
    expect(risk).toMatch(/^data may be lost: PersistentVolumeClaim\/data in /);
    expect(details).toMatch(/keeps ConfigMap\/one/);
    await rig.approved('delete_app', { app: name, cascade: true });
    await says(rig, 'get_app', name, /There is no application/);
    expect(await readField(lab, name, 'configmap/one', '{.data.value}')).toBe('a');
    expect(await readField(lab, name, 'configmap/two', '{.data.value}')).toBe('');
  });
});

describe('one resource', () => {
  it('is compared, and its events and logs are read, by its name', async () => {
    const { name } = await anApp({ 'app/one.yaml': config('one', 'a'), 'app/two.yaml': config('two', 'a') });
    const rig = argocdRig(lab.argocd);
    const { text } = await rig.call('diff_app', { app: name, resource: 'ConfigMap/two' });
    expect(text).toMatch(/1 of 1 resource differ\.[\s\S]*ConfigMap\/two in .* \(only in Git\)/);
    expect((await rig.call('diff_app', { app: name, resource: 'ConfigMap/no' })).text).toMatch(
      /It has: ConfigMap\/one/,
    );
    const pod = await kubectl(lab, [
      '-n',
      'orders',
      'get',
      'pods',
      '-l',
      'app=orders',
      '-o',
      'jsonpath={.items[0].metadata.name}',
    ]);
    expect((await rig.call('app_events', { app: 'orders', resource: `Pod/${pod}` })).text).toMatch(/^\d+ events?/);
    expect((await rig.call('app_events', { app: 'orders', resource: 'Pod/no' })).text).toMatch(
      /It has: .*Pod\/orders-/,
    );
    expect((await rig.call('app_logs', { app: 'orders', resource: `Pod/${pod}`, lines: 2 })).text).toMatch(
      new RegExp(`^\\d lines?\\.[\\s\\S]*${pod} `),
    );
    expect((await rig.call('app_logs', { app: 'orders', resource: 'Pod/no' })).text).toMatch(/0 lines/);
  });
});
