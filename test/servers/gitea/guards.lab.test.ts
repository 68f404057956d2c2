import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { tempFolder } from '../../support/gate-rig.ts';
import { type GiteaAccess, GiteaPerson, giteaBehind, giteaRig } from '../../support/gitea-rig.ts';
import { clusterFor, wholeLabForTests } from '../../support/lab.ts';

let gitea: GiteaAccess;
let person: GiteaPerson;
let kubeconfig: string;

beforeAll(async () => {
  const lab = await wholeLabForTests();
  ({ gitea, kubeconfig } = lab);
  person = new GiteaPerson(gitea);
});

const branchNames = async (repo: string) =>
  Object(await person.send('GET', `/repos/${repo}/branches`)).map((branch: { name: string }) => branch.name);

/** The lab's Gitea with another token. */
function withToken(token: string): GiteaAccess {
  const tokenFile = join(tempFolder(), 'token');
  writeFileSync(tokenFile, token);
  return { url: gitea.url, tokenFile };
}

describe('a branch that moves in the very moment of the write', () => {
  const edit = { branch: 'main', message: 'two', files: [{ path: 'a.txt', content: 'two\n' }] };

  it('stays as it is: the commit is not made on top of what nobody saw', async () => {
    const repo = await person.repo({ 'a.txt': 'one\n', 'other.txt': 'x\n' });
    const isMove = (method: string, path: string) => method === 'PUT' && path.endsWith('/branches/main');
    const between = () => person.commit(repo, 'somebody else', { 'other.txt': 'y\n' });
    const { approved } = giteaRig(await giteaBehind(gitea, isMove, between));
    const answer = await approved('commit_files', { repo, ...edit });
    expect(answer).toMatchObject({ isError: true, text: expect.stringMatching(/main of .* moved from \w{10}/) });
    expect(await person.read(repo, 'a.txt')).toBe('one\n');
    expect(await branchNames(repo)).toEqual(['main']);
  });

  it('is guarded by the blobs of its files where no branch can be moved, as in Forgejo', async () => {
    const repo = await person.repo({ 'a.txt': 'one\n' });
    const isMove = (method: string, path: string) => method === 'PUT' && path.endsWith('/branches/main');
    const { approved } = giteaRig(await giteaBehind(gitea, isMove, async () => 405));
    expect((await approved('commit_files', { repo, ...edit })).text).toMatch(/is on main of/);
    const between = async () => {
      await person.commit(repo, 'somebody else', { 'a.txt': 'three\n' });
      return 405;
    };
    const racing = giteaRig(await giteaBehind(gitea, isMove, between));
    const files = [{ path: 'a.txt', content: 'four\n' }];
    expect(await racing.approved('commit_files', { repo, ...edit, files })).toMatchObject({ isError: true });
    expect(await person.read(repo, 'a.txt')).toBe('three\n');
    expect(await branchNames(repo)).toEqual(['main']);
  });

  it('keeps a pull request from being merged', async () => {
    const repo = await person.repo({ 'a.txt': 'one\n' });
    const { approved: propose } = giteaRig(gitea);
    const { branch: _, message: title, files } = edit;
    await propose('propose_change', { repo, title, files, branch: 'two' });
    const isMerge = (method: string, path: string) => method === 'POST' && path.endsWith('/merge');
    const between = () => person.commit(repo, 'more', { 'b.txt': 'unseen\n' }, 'two');
    const { approved } = giteaRig(await giteaBehind(gitea, isMerge, between));
    expect(await approved('merge_pull', { repo, number: 1 })).toMatchObject({
      isError: true,
      text: expect.stringMatching(/head out of date \(HTTP 409\)/),
    });
    expect(await person.read(repo, 'a.txt')).toBe('one\n');
  });
});

describe('branches that have parted', () => {
  it('are compared from where they parted, and a pull request says how far it is behind', async () => {
    const repo = await person.repo({ 'a.txt': 'a\n' });
    await person.send('POST', `/repos/${repo}/branches`, { new_branch_name: 'staging', old_ref_name: 'main' });
    await person.commit(repo, 'mine', { 'mine.txt': 'm\n' }, 'staging');
    await person.commit(repo, 'theirs', { 'theirs.txt': 't\n' });
    const { call, approved, pending } = giteaRig(gitea);
    const { text } = await call('compare', { repo, head: 'staging' });
    expect(text).toMatch(/1 commit, 1 file, \+1 −0 lines\. \w{10} has commits of its own since/);
    expect(text).not.toContain('theirs');
    expect((await approved('open_pull', { repo, head: 'staging', title: 'Mine' })).text).toMatch(/^Pull request #1/);
    await call('merge_pull', { repo, number: 1 });
    expect(await pending()).toMatchObject({
      change: '1 file, +1 −0 lines, into main by merge',
      risk: 'made before the last 1 commit of main',
    });
    await approved('merge_pull', { repo, number: 1 });
    expect(await branchNames(repo)).toEqual(expect.arrayContaining(['main', 'staging']));
  });
});

describe('an account without the right', () => {
  it('is told what is missing before anybody is asked', async () => {
    const repo = await person.repo({ 'a.txt': 'a\n' });
    const [username, password] = [`reader-${randomBytes(4).toString('hex')}`, randomBytes(12).toString('hex')];
    const email = `${username}@example.invalid`;
    await person.send('POST', '/admin/users', { username, password, email, must_change_password: false });
    const basic = Buffer.from(`${username}:${password}`).toString('base64');
    const made = await fetch(`${gitea.url}/api/v1/users/${username}/tokens`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'test', scopes: ['read:repository', 'read:user', 'read:issue'] }),
    });
    const reader = giteaRig(withToken(Object(await made.json()).sha1));
    const files = [{ path: 'a.txt', content: 'b\n' }];
    expect((await reader.call('propose_change', { repo, title: 't', files })).text).toMatch(
      /This account may read .*, and not change it/,
    );
    await person.send('PATCH', `/repos/${repo}`, { private: true });
    expect((await reader.call('list_files', { repo })).text).toMatch(/There is no repository/);
    expect(await reader.approvals.list({})).toEqual([]);
  });

  it('is told that a wrong token is wrong, and the token is in no answer', async () => {
    const token = randomBytes(20).toString('hex');
    const { text } = await giteaRig(withToken(token)).call('list_repos', {});
    expect(text).toMatch(/Gitea does not accept the credentials\. Set it\./);
    expect(text).not.toContain(token);
  });

  it('changes nothing in an archived repository', async () => {
    const repo = await person.repo({ 'a.txt': 'a\n' });
    await person.send('PATCH', `/repos/${repo}`, { archived: true });
    const { call } = giteaRig(gitea);
    expect((await call('create_branch', { repo, branch: 'b' })).text).toMatch(/is archived/);
    expect((await call('open_pull', { repo, head: 'b', title: 't' })).text).toMatch(/is archived/);
  });
});

describe('a Secret that is edited in place', () => {
  it('leaves its values neither in the approval nor in the log', async () => {
    // Neither the key nor the value looks like a secret: only the kind of the object says so.
    const yaml = 'apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData:\n  blob: hunter2hunter2\n';
    const repo = await person.repo({ 'db.yaml': yaml });
    const { approved, approvals, records } = giteaRig(gitea);
    const files = [{ path: 'db.yaml', find: 'hunter2hunter2', replace: 'correcthorse' }];
    await approved('commit_files', { repo, branch: 'main', message: 'rotate', files });
    expect(await person.read(repo, 'db.yaml')).toContain('correcthorse');
    const logged = records();
    expect(logged.at(-1)?.action).toContainEqual({ verb: 'commit', kind: 'Secret', namespace: repo, name: 'db' });
    expect(JSON.stringify([logged, await approvals.list({})])).not.toMatch(/hunter2|correcthorse/);
  });
});

describe('rights in a manifest', () => {
  it('that its author has not are refused, and nobody is asked', async () => {
    const repo = await person.repo({});
    const limited = await roleWriter();
    const grant = [
      'apiVersion: rbac.authorization.k8s.io/v1',
      'kind: Role',
      'metadata: {name: all}',
      'rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]',
      '',
    ].join('\n');
    const { call, approvals } = giteaRig(gitea, clusterFor(limited));
    const answer = await call('propose_change', { repo, title: 't', files: [{ path: 'r.yaml', content: grant }] });
    expect(answer.text).toMatch(/r\.yaml: Role\/all: .*attempting to grant RBAC permissions not currently held/);
    expect(await approvals.list({})).toEqual([]);
  });
});

/** A kubeconfig of an account that may write roles in `default`, and has no other right. */
async function roleWriter(): Promise<string> {
  const { kubectl } = await import('../../../lab/kubectl-exec.ts');
  const { readFile } = await import('node:fs/promises');
  const lab = await wholeLabForTests();
  const name = `roles-${randomBytes(4).toString('hex')}`;
  await kubectl(lab, ['create', 'serviceaccount', name, '-n', 'default']);
  const rule = ['--verb=get,create,patch', '--resource=roles'];
  await kubectl(lab, ['create', 'role', name, '-n', 'default', ...rule]);
  await kubectl(lab, [
    'create',
    'rolebinding',
    name,
    '-n',
    'default',
    `--role=${name}`,
    `--serviceaccount=default:${name}`,
  ]);
  const token = (await kubectl(lab, ['create', 'token', name, '-n', 'default'])).trim();
  const admin = await readFile(kubeconfig, 'utf8');
  const file = join(tempFolder(), 'kubeconfig');
  writeFileSync(file, admin.replace(/^users:[\s\S]*?(?=^\S|(?![\s\S]))/m, userOf(admin, token)));
  return file;
}

function userOf(kubeconfig: string, token: string): string {
  const name = /user: (\S+)/.exec(kubeconfig)?.[1] ?? '';
  return `users:\n- name: ${name}\n  user:\n    token: ${token}\n`;
}
