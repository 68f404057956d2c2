import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { WholeLabInfo } from '../../../lab/index.ts';
import { argocdRig } from '../../support/argocd-rig.ts';
import { GiteaPerson } from '../../support/gitea-rig.ts';
import { ArgocdPerson } from '../../support/gitops-app.ts';
import { wholeLabForTests } from '../../support/lab.ts';
import { readField, removeNamespaces } from '../../support/lab-objects.ts';

let lab: WholeLabInfo;
let person: GiteaPerson;
let argocd: ArgocdPerson;
const made: string[] = [];

const config = (name: string, value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {value: ${value}}\n`;

/** An application of one test's own, and the tools. */
async function anApp(files: Record<string, string>, syncPolicy: object = {}) {
  const app = await argocd.app(files, syncPolicy);
  made.push(app.name);
  return { ...app, rig: argocdRig(lab.argocd) };
}

const inMap = (name: string, map: string) => readField(lab, name, `configmap/${map}`, '{.data.value}');

beforeAll(async () => {
  lab = await wholeLabForTests();
  person = new GiteaPerson(lab.gitea);
  argocd = new ArgocdPerson(lab);
  await argocd.knowGitea();
});

afterAll(async () => {
  await argocd.forget(...made);
  await removeNamespaces(lab, ...made);
});

describe('sync_app', () => {
  it('brings what Git has after a yes, and follows it to its end', async () => {
    const { name, rig, repo } = await anApp({ 'app/one.yaml': config('one', 'a'), 'app/two.yaml': config('two', 'a') });
    await rig.call('sync_app', { app: name });
    const approval = await rig.pending();
    expect(approval.what).toBe(`sync Application/${name}`);
    expect(approval.change).toMatch(/^to \w{10}: create 2$/);
    expect(approval.details).toMatch(/the start[\s\S]*create ConfigMap\/one in .* \(\+\d+ −0 lines\)/);
    expect(await inMap(name, 'one')).toBe('');
    expect((await rig.approved('sync_app', { app: name })).text).toMatch(
      new RegExp(`^Sync of ${name}: Succeeded at \\w{10}: now Synced`),
    );
    expect(await inMap(name, 'one')).toBe('a');

    await person.commit(repo, 'another value', { 'app/one.yaml': config('one', 'b'), 'app/two.yaml': null });
    expect((await rig.call('refresh_app', { app: name })).text).toMatch(
      /→ \w{10}, Synced → OutOfSync, Healthy\. diff_app/,
    );
    expect((await rig.call('diff_app', { app: name })).text).toMatch(
      /2 of 2 resources differ\.[\s\S]*- {2}value: a\n\+ {2}value: b[\s\S]*ConfigMap\/two in .* \(no longer in Git\)/,
    );
  });

  it('prunes only when asked, and then names what it deletes', async () => {
    const { name, rig, repo } = await anApp({ 'app/one.yaml': config('one', 'a'), 'app/two.yaml': config('two', 'a') });
    await rig.approved('sync_app', { app: name });
    await person.commit(repo, 'without two', { 'app/two.yaml': null });
    expect((await rig.call('sync_app', { app: name })).text).toMatch(
      /there is nothing to sync\. 1 resource no longer in Git: ConfigMap\/two in .*\. prune=true deletes them\./,
    );
    await rig.call('sync_app', { app: name, prune: true });
    const approval = await rig.pending();
    expect(approval).toMatchObject({
      change: expect.stringMatching(/: PRUNE 1$/),
      risk: expect.stringMatching(/^deletes ConfigMap\/two in /),
    });
    expect((await rig.approved('sync_app', { app: name, prune: true })).text).toMatch(/Succeeded/);
    expect(await inMap(name, 'two')).toBe('');
    expect(await inMap(name, 'one')).toBe('a');
  });

  it('is void when Git has moved since the yes', async () => {
    const { name, rig, repo } = await anApp({ 'app/one.yaml': config('one', 'a') });
    await rig.call('sync_app', { app: name });
    const first = await rig.pending();
    await rig.approvals.settle(first.id, { decision: 'approve', by: 'anna', via: 'cli' });
    await person.commit(repo, 'something else', { 'app/one.yaml': config('one', 'evil') });
    expect((await rig.call('sync_app', { app: name })).text).toMatch(/^Waiting for a person/);
    expect(await rig.approvals.get(first.id)).toMatchObject({ state: 'void' });
    expect(await inMap(name, 'one')).toBe('');
  });

  it('of chosen resources leaves the others alone', async () => {
    const { name, rig } = await anApp({ 'app/one.yaml': config('one', 'a'), 'app/two.yaml': config('two', 'a') });
    const input = { app: name, resources: ['ConfigMap/one'] };
    expect((await rig.call('sync_app', { app: name, resources: ['ConfigMap/three'] })).text).toMatch(
      /has no ConfigMap\/three\. It has: ConfigMap\/one, ConfigMap\/two\./,
    );
    await rig.call('sync_app', input);
    expect((await rig.pending()).risk).toBe('no hooks run, and no history is kept');
    await rig.approved('sync_app', input);
    expect(await inMap(name, 'one')).toBe('a');
    expect(await inMap(name, 'two')).toBe('');
  });

  it('says what the cluster refused, and waits for no operation that another has begun', async () => {
    const bad = 'apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 99999}]}\n';
    const { name, rig } = await anApp({ 'app/bad.yaml': bad });
    const { text } = await rig.approved('sync_app', { app: name });
    expect(text).toMatch(/Failed at \w{10}: now OutOfSync[\s\S]*Service\/bad in .*: .*99999/);
    expect((await rig.call('get_app', { app: name })).text).toMatch(
      /Next: correct what the message says in Git, or sync_app/,
    );
  });

  it('that hangs is ended by terminate_operation, and keeps a second one out', async () => {
    const hook = `apiVersion: v1\nkind: Pod\nmetadata: {name: wait, annotations: {argocd.argoproj.io/hook: PreSync}}\nspec: {restartPolicy: Never, containers: [{name: wait, image: registry.example.invalid/wait:1, resources: {requests: {memory: 64Gi}}}]}\n`;
    const { name, rig } = await anApp({ 'app/one.yaml': config('one', 'a'), 'app/hook.yaml': hook });
    await argocd.send('POST', `/applications/${name}/sync`, {});
    await vi.waitFor(
      async () =>
        expect((await rig.call('get_app', { app: name })).text).toMatch(/operation +Running at \w{10}[\s\S]*wait/),
      { timeout: 20_000, interval: 500 },
    );
    expect((await rig.call('sync_app', { app: name })).text).toMatch(
      /An operation of .* is running[\s\S]*terminate_operation/,
    );
    expect((await rig.approved('terminate_operation', { app: name })).text).toMatch(/is being ended/);
    await vi.waitFor(async () => expect((await rig.call('get_app', { app: name })).text).toMatch(/operation +Failed/), {
      timeout: 20_000,
      interval: 500,
    });
  });
});

describe('rollback_app', () => {
  it('goes back to an earlier deployment, and shows how its manifests differ', async () => {
    const { name, rig, repo } = await anApp({ 'app/one.yaml': config('one', 'a') });
    await rig.approved('sync_app', { app: name });
    await person.commit(repo, 'a bad value', { 'app/one.yaml': config('one', 'bad') });
    await rig.approved('sync_app', { app: name });
    expect(await inMap(name, 'one')).toBe('bad');
    expect((await rig.call('app_history', { app: name })).text).toMatch(
      /2 deployments\.[\s\S]*a bad value[\s\S]*the start/,
    );
    await rig.call('rollback_app', { app: name });
    expect(await rig.pending()).toMatchObject({
      change: expect.stringMatching(/^\w{10} → \w{10} \(deployment 0\): ConfigMap\/one, \+1 −1 lines$/),
      risk: 'no hooks run, nothing is pruned; out of sync with Git until Git is reverted, too',
    });
    expect((await rig.approved('rollback_app', { app: name })).text).toMatch(/^Rollback of .* Succeeded/);
    expect(await inMap(name, 'one')).toBe('a');
    expect((await rig.call('rollback_app', { app: name, id: 77 })).text).toMatch(/has no deployment 77\. There are: /);
  });

  it('is refused under auto-sync, with the commits to take back in Git', async () => {
    const { name, rig, repo } = await anApp({ 'app/one.yaml': config('one', 'a') }, { automated: {} });
    const deployed = (n: number) =>
      vi.waitFor(async () => expect((await rig.call('app_history', { app: name })).text).toContain(`${n} deployment`), {
        timeout: 30_000,
        interval: 500,
      });
    await deployed(1);
    await person.commit(repo, 'a bad value', { 'app/one.yaml': config('one', 'bad') });
    await rig.call('refresh_app', { app: name });
    await deployed(2);
    const { text, isError } = await rig.call('rollback_app', { app: name });
    expect({ text, isError }).toEqual({
      isError: true,
      text: expect.stringMatching(
        new RegExp(
          `auto-sync on: .*Take back in Git in ${lab.gitea.url}/${repo}\\.git path app \\(main\\) instead, with revert_commit .*: \\w{10} a bad value`,
        ),
      ),
    });
  });
});

describe('applications themselves', () => {
  it('are made, set up differently, and deleted, each after a yes', async () => {
    const repo = await person.repo({
      'app/kustomization.yaml': 'resources: [web.yaml]\n',
      'app/web.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: registry.example.invalid/web:1.0.0}]}}}\n',
    });
    const name = repo.split('/')[1] ?? '';
    made.push(name);
    const rig = argocdRig(lab.argocd);
    const input = {
      app: name,
      repo: `${lab.gitea.url}/${repo}.git`,
      path: 'app',
      namespace: name,
      create_namespace: true,
    };
    expect((await rig.call('create_app', { ...input, path: 'nowhere' })).text).toMatch(
      /source .* path nowhere: .*(app path does not exist|no such file)/,
    );
    await rig.call('create_app', input);
    expect((await rig.pending()).details).toMatch(/Argo CD reads .* as Kustomize/);
    expect((await rig.approved('create_app', input)).text).toBe(
      `Application ${name} is made. See diff_app, then sync_app.`,
    );
    expect((await rig.call('create_app', input)).text).toMatch(/There is an application .* already/);

    const images = ['registry.example.invalid/web:2.0.0'];
    expect((await rig.approved('set_parameters', { app: name, images })).text).toMatch(
      /is changed: \+\d+ −0 lines of its spec/,
    );
    expect((await rig.approved('sync_app', { app: name })).text).toMatch(/Succeeded/);
    expect(await readField(lab, name, 'deployment/web', '{.spec.template.spec.containers[0].image}')).toBe(
      'registry.example.invalid/web:2.0.0',
    );

    await rig.call('update_app', { app: name, auto_sync: true, self_heal: true });
    expect((await rig.pending()).details).toMatch(/\+ {4}selfHeal: true/);
    await rig.approved('update_app', { app: name, auto_sync: true, self_heal: true });
    expect((await rig.call('get_app', { app: name })).text).toMatch(/auto-sync, prune off, self-heal on/);
    expect((await rig.call('update_app', { app: name, self_heal: true })).text).toMatch(/is set up like this already/);

    await rig.call('delete_app', { app: name, cascade: true });
    expect(await rig.pending()).toMatchObject({
      change: 'with 1 resource: 1 Deployment',
      risk: 'it stops serving; Git can bring it back',
    });
    await rig.approved('delete_app', { app: name, cascade: true });
    await vi.waitFor(
      async () => expect((await rig.call('get_app', { app: name })).text).toMatch(/There is no application/),
      { timeout: 30_000, interval: 500 },
    );
    expect(await readField(lab, name, 'deployment/web', '{.metadata.name}')).toBe('');
  });

  it.each([
    [
      'cache',
      /^Refused by gitops: argocd app platform owns Application\/cache and will revert it; change path platform in repo .* \(revision main\) instead/,
    ],
    [
      'team-alpha',
      /^Refused by gitops: argocd app teams owns Application\/team-alpha and will revert it; change spec.template of ApplicationSet teams instead/,
    ],
  ])('that are made by Git or by a set are changed there: %s', async (app, message) => {
    const rig = argocdRig(lab.argocd);
    for (const [tool, input] of [
      ['update_app', { auto_sync: false }],
      ['set_parameters', { images: ['a=b:1'] }],
      ['delete_app', { cascade: true }],
    ] as const)
      expect((await rig.call(tool, { app, ...input })).text, tool).toMatch(message);
  });

  it.each(['../projects', 'a/../b', '..', 'a%2fb', 'x'.repeat(300), 'a\nb', ''])(
    'with the name %j reach no other path',
    async (app) => {
      expect(await argocdRig(lab.argocd).call('get_app', { app })).toMatchObject({
        isError: true,
        text: expect.stringMatching(/^get_app: app: not an application: write NAME or NAMESPACE\/NAME\./),
      });
    },
  );
});
