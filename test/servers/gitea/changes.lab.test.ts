import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Cluster } from '../../../shared/cluster/cluster.ts';
import { GiteaPerson, giteaRig } from '../../support/gitea-rig.ts';
import { clusterFor, wholeLabForTests } from '../../support/lab.ts';
import type { ToolRig } from '../../support/tool-rig.ts';

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: web
          image: registry.example.invalid/web:1.0.0
`;

let person: GiteaPerson;
let cluster: Cluster;
let rig: () => ToolRig;

beforeAll(async () => {
  const lab = await wholeLabForTests();
  person = new GiteaPerson(lab.gitea);
  cluster = clusterFor(lab.kubeconfig);
  rig = () => giteaRig(lab.gitea, cluster);
});

describe('commit_files', () => {
  it('commits several files at once after a yes to their exact diff, and leads to its record', async () => {
    const repo = await person.repo({ 'web.yaml': DEPLOYMENT, 'old.txt': 'gone\n' });
    const { call, approved, pending } = rig();
    const input = {
      repo,
      branch: 'main',
      message: 'run three of web',
      files: [
        { path: 'web.yaml', find: 'replicas: 2', replace: 'replicas: 3' },
        { path: 'notes/why.md', content: 'more traffic\n' },
        { path: 'old.txt', delete: true },
      ],
    };
    expect((await call('commit_files', input)).text).toMatch(/^Waiting for a person: commit Branch\/main in /);
    expect(await person.read(repo, 'web.yaml')).toBe(DEPLOYMENT);
    const { change, details } = await pending();
    expect(change).toBe('3 files, +2 −2 lines');
    expect(details).toMatch(/the API server accepts Deployment\/web[\s\S]*- {2}replicas: 2\n\+ {2}replicas: 3/);
    expect((await approved('commit_files', input)).text).toMatch(/^Commit \w{10} is on main of /);
    expect(await person.read(repo, 'web.yaml')).toContain('replicas: 3');
    expect(await person.read(repo, 'notes/why.md')).toBe('more traffic\n');
    await expect(person.read(repo, 'old.txt')).rejects.toThrow('404');
    const [commit] = Object(await person.send('GET', `/repos/${repo}/commits?limit=1`));
    expect(commit.commit.message).toMatch(/^run three of web\n\nAudit-Record: call-\w{10}\n$/);
  });

  it('is void as soon as the branch has moved, whatever file moved it', async () => {
    const repo = await person.repo({ 'web.yaml': DEPLOYMENT, 'other.txt': 'a\n' });
    const { call, approvals, pending } = rig();
    const input = { repo, branch: 'main', message: 'm', files: [{ path: 'web.yaml', find: ': 2', replace: ': 3' }] };
    await call('commit_files', input);
    const first = await pending();
    await approvals.settle(first.id, { decision: 'approve', by: 'anna', via: 'cli' });
    await person.commit(repo, 'somebody else', { 'other.txt': 'b\n' });
    expect((await call('commit_files', input)).text).toMatch(/^Waiting for a person/);
    expect(await approvals.get(first.id)).toMatchObject({ state: 'void' });
    expect(await person.read(repo, 'web.yaml')).toBe(DEPLOYMENT);
  });

  it.each([
    [
      'a text that is not there',
      [{ path: 'web.yaml', find: 'replicas: 9', replace: 'x' }],
      /the text to find does not stand in it/,
    ],
    [
      'a text that is there twice',
      [{ path: 'web.yaml', find: 'app: web', replace: 'x' }],
      /stands in it 2 times: lines 8, 11/,
    ],
    ['YAML that is broken', [{ path: 'web.yaml', content: 'a: [\n' }], /web\.yaml:2:1: /],
    [
      'a field that no Deployment has',
      [{ path: 'web.yaml', find: 'replicas: 2', replace: 'replicaz: 2' }],
      /web\.yaml: Deployment\/web: .*replicaz/,
    ],
    [
      'two forms at once',
      [{ path: 'web.yaml', content: 'x', delete: true }],
      /give exactly one of content, find with replace, or delete/,
    ],
    ['a file that is as wanted', [{ path: 'web.yaml', content: DEPLOYMENT }], /there is nothing to commit/],
    ['a path out of the repository', [{ path: '../secrets', content: 'x' }], /not a path inside of the repository/],
    ['a path into Git itself', [{ path: '.git/config', content: 'x' }], /not a path inside of the repository/],
  ])('bothers nobody with %s', async (_, files, message) => {
    const repo = await person.repo({ 'web.yaml': DEPLOYMENT });
    const { call, approvals } = rig();
    expect(await call('commit_files', { repo, branch: 'main', message: 'm', files })).toMatchObject({
      isError: true,
      text: expect.stringMatching(message),
    });
    expect(await approvals.list({})).toEqual([]);
  });

  it('refuses what only a person approves, and a push to a protected branch', async () => {
    const repo = await person.repo({ 'app.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' });
    const { call } = rig();
    const marked =
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations: {argocd.argoproj.io/deletion-approved: "true"}\n';
    const input = { repo, branch: 'main', message: 'm', files: [{ path: 'app.yaml', content: marked }] };
    expect((await call('commit_files', input)).text).toMatch(/^Refused by floor: app\.yaml: it sets or removes/);
    await person.send('POST', `/repos/${repo}/branch_protections`, { rule_name: 'main', enable_push: false });
    const harmless = { ...input, files: [{ path: 'notes.txt', content: 'x' }] };
    expect((await call('commit_files', harmless)).text).toMatch(/main of .* is protected.*propose_change/);
  });

  it('never shows a Secret’s value, and says that Git keeps it for ever', async () => {
    const repo = await person.repo({});
    const { call, pending } = rig();
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData:\n  password: hunter2hunter2\n';
    await call('commit_files', { repo, branch: 'main', message: 'm', files: [{ path: 'db.yaml', content: secret }] });
    const approval = await pending();
    expect(approval.risk).toBe('puts Secret/db into Git in plain text, for ever');
    expect(JSON.stringify(approval)).not.toContain('hunter2');
    expect(approval.details).toContain('+  password: ***');
  });
});

describe('propose_change', () => {
  it('makes branch, commit and pull request by one yes, and changes the base not at all', async () => {
    const repo = await person.repo({ 'web.yaml': DEPLOYMENT });
    const { approved } = rig();
    const input = {
      repo,
      title: 'Run three of web',
      body: 'It is **busy**.',
      files: [{ path: 'web.yaml', find: 'replicas: 2', replace: 'replicas: 3' }],
    };
    const { text } = await approved('propose_change', input);
    expect(text).toMatch(/^Pull request #1 of .* \(branch agent\/run-three-of-web-\w{6} into main\)/);
    expect(await person.read(repo, 'web.yaml')).toBe(DEPLOYMENT);
    expect(await person.send('GET', `/repos/${repo}/pulls/1`)).toMatchObject({
      title: 'Run three of web',
      changed_files: 1,
    });
    expect((await approved('propose_change', input)).text).toMatch(
      /has a branch agent\/run-three-of-web-\w{6} already/,
    );
  });
});

describe('revert_commit', () => {
  it('takes a commit back by a pull request, and merge_pull merges it after a second yes', async () => {
    const repo = await person.repo({ 'web.yaml': DEPLOYMENT });
    const bad = await person.commit(repo, 'use the new image', {
      'web.yaml': DEPLOYMENT.replace('1.0.0', '2.0.0'),
      'extra.txt': 'x\n',
    });
    await person.commit(repo, 'scale', { 'web.yaml': DEPLOYMENT.replace('1.0.0', '2.0.0').replace(': 2', ': 4') });
    const { call, approved, pending } = rig();
    expect((await approved('revert_commit', { repo, sha: bad })).text).toMatch(/^Pull request #1/);
    await call('merge_pull', { repo, number: 1 });
    const { change, details, risk } = await pending();
    expect({ change, risk }).toEqual({
      change: `2 files, +1 −2 lines, into main by merge; deletes agent/revert-${bad.slice(0, 10)}`,
      risk: 'Argo CD brings it to the cluster where it follows this branch',
    });
    expect(details).toMatch(/#1 Revert "use the new image"[\s\S]*- {10}image: registry.example.invalid\/web:2.0.0/);
    expect((await approved('merge_pull', { repo, number: 1 })).text).toMatch(/is merged into main/);
    expect(await person.read(repo, 'web.yaml')).toBe(DEPLOYMENT.replace(': 2', ': 4'));
    expect((await call('get_pull', { repo, number: 1 })).text).toMatch(/merged; checks none/);
    expect((await call('merge_pull', { repo, number: 1 })).text).toMatch(/#1 is merged already/);
    expect((await call('revert_commit', { repo, sha: bad, as: 'commit' })).text).toMatch(
      /^Nothing of \w{10} is left on main/,
    );
  });

  it('takes back all that a merge brought in', async () => {
    const repo = await person.repo({ 'a.txt': 'a\n' });
    const { approved } = rig();
    await approved('propose_change', { repo, title: 'b', files: [{ path: 'b.txt', content: 'b\n' }] });
    await approved('merge_pull', { repo, number: 1, method: 'merge' });
    const [merge] = Object(await person.send('GET', `/repos/${repo}/commits?limit=1`));
    expect(merge.parents).toHaveLength(2);
    expect((await approved('revert_commit', { repo, sha: merge.sha, as: 'commit' })).text).toMatch(/takes back/);
    await expect(person.read(repo, 'b.txt')).rejects.toThrow('404');
  });

  it('names the files and commits that stand in the way', async () => {
    const repo = await person.repo({ 'web.yaml': DEPLOYMENT });
    const bad = await person.commit(repo, 'two', { 'web.yaml': DEPLOYMENT.replace('1.0.0', '2.0.0') });
    await person.commit(repo, 'three', { 'web.yaml': DEPLOYMENT.replace('1.0.0', '3.0.0') });
    const { text } = await rig().call('revert_commit', { repo, sha: bad });
    expect(text).toMatch(
      /cannot be taken back by itself: web\.yaml changed on the same lines later\. Since then: \w{10} three\./,
    );
  });
});

describe('merge_pull', () => {
  it('is refused on a conflict, and for checks that the branch demands', async () => {
    const repo = await person.repo({ 'a.txt': 'one\n' });
    const { call, approved } = rig();
    await approved('propose_change', { repo, title: 'two', files: [{ path: 'a.txt', content: 'two\n' }] });
    await person.commit(repo, 'three', { 'a.txt': 'three\n' });
    await vi.waitFor(
      async () => expect(await person.send('GET', `/repos/${repo}/pulls/1`)).toMatchObject({ mergeable: false }),
      { timeout: 20_000, interval: 500 },
    );
    expect((await call('merge_pull', { repo, number: 1 })).text).toMatch(
      /#1 cannot be merged: it has conflicts with main/,
    );
    await approved('propose_change', { repo, title: 'b', files: [{ path: 'b.txt', content: 'b\n' }] });
    const rule = {
      rule_name: 'main',
      enable_status_check: true,
      status_check_contexts: ['build'],
      required_approvals: 1,
    };
    await person.send('POST', `/repos/${repo}/branch_protections`, rule);
    expect((await call('merge_pull', { repo, number: 2 })).text).toMatch(/it has 0 approvals of the 1 that main needs/);
  });
});
