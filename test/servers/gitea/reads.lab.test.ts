import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GiteaAccess, GiteaPerson, giteaRig } from '../../support/gitea-rig.ts';
import { wholeLabForTests } from '../../support/lab.ts';
import type { ToolRig } from '../../support/tool-rig.ts';

const SECRET = 'apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: hunter2hunter2}\n';

let gitea: GiteaAccess;
let person: GiteaPerson;
let repo: string;
let first: string;
let rig: ToolRig;
const text = async (tool: string, input: object) => (await rig.call(tool, { repo, ...input })).text;

beforeAll(async () => {
  ({ gitea } = await wholeLabForTests());
  person = new GiteaPerson(gitea);
  repo = await person.repo({ 'apps/web/web.yaml': 'kind: A\nname: web\n', 'db.yaml': SECRET, 'logo.bin': 'a\u0000b' });
  const [head] = Object(await person.send('GET', `/repos/${repo}/commits?limit=1`));
  first = head.sha;
  await person.send('POST', `/repos/${repo}/branches`, { new_branch_name: 'try/new', old_ref_name: 'main' });
  await person.commit(repo, 'name it shop', { 'apps/web/web.yaml': 'kind: A\nname: shop\n' }, 'try/new');
});

beforeEach(() => {
  rig = giteaRig(gitea);
});

describe('reading a repository', () => {
  it('lists repositories with what this account may do', async () => {
    const { text } = await rig.call('list_repos', { search: repo.split('/')[1] });
    expect(text).toMatch(new RegExp(`1 repository\\.[\\s\\S]*${repo} +main +write +0`));
  });

  it('lists files of a folder, and one level where asked', async () => {
    expect(await text('list_files', { path: 'apps' })).toMatch(/^1 file at [\s\S]*apps\/web\/web\.yaml +18/);
    expect(await text('list_files', { recursive: false })).toMatch(/apps\/\n[\s\S]*db\.yaml/);
    expect(await text('list_files', { path: 'nowhere' })).toMatch(/has no nowhere at \w{10}\. At its root: .*apps/);
  });

  it('reads a file by lines, at any ref, and masks Secrets', async () => {
    expect(await text('get_file', { path: 'apps/web/web.yaml', ref: 'try/new', from: 2 })).toMatch(
      /lines 2 to 2 of 2\.[\s\S]*\nname: shop\n/,
    );
    const secret = await text('get_file', { path: 'db.yaml' });
    expect(secret).toContain('password: ***');
    expect(secret).not.toContain('hunter2');
    expect(await text('get_file', { path: 'logo.bin' })).toMatch(/is binary \(3 bytes\)/);
    expect(await text('get_file', { path: 'apps/web/wep.yaml' })).toMatch(/has no apps\/web\/wep\.yaml/);
  });

  it('finds lines in files, and no Secret’s value', async () => {
    expect(await text('search_code', { text: 'NAME: WEB' })).toMatch(
      /1 line at [\s\S]*apps\/web\/web\.yaml:2: name: web/,
    );
    expect(await text('search_code', { text: 'hunter2' })).toMatch(/^0 lines/);
  });

  it('lists branches with their protection, and commits', async () => {
    expect(await text('list_branches', {})).toMatch(
      /2 branches; default main\.[\s\S]*try\/new +\w{10} +- +name it shop/,
    );
    expect(await text('list_commits', { ref: 'try/new', limit: 1 })).toMatch(/name it shop/);
    expect(await text('list_commits', { author: 'nobody of this name' })).toMatch(/^0 commits\.$/m);
    expect(await text('list_commits', { author: 'LAB', limit: 1 })).toMatch(/the start|Initial commit/);
    expect(await text('list_commits', { path: 'db.yaml', ref: 'try/new' })).toMatch(/^1 commit\.[\s\S]*the start/);
  });

  it('compares two refs by commits and diff', async () => {
    expect(await text('compare', { head: 'try/new' })).toMatch(
      /1 commit, 1 file, \+1 −1 lines\.[\s\S]*name it shop[\s\S]*-name: web\n\+name: shop/,
    );
    expect(await text('compare', { base: first, head: 'main' })).toMatch(/^Both are/);
  });

  it.each([
    ['list_files', { ref: 'nope' }, /has no branch, tag or commit nope/],
    ['compare', { head: 'gone' }, /has no branch, tag or commit gone/],
    ['get_pull', { number: 99 }, /has no pull request #99\. See list_pulls/],
    ['list_files', { repo: 'lab/no-such-repo' }, /There is no repository lab\/no-such-repo/],
    ['list_files', { repo: '../admin' }, /not a repository: write owner\/name/],
    ['get_file', { path: 'a/../../b' }, /not a path inside of the repository/],
    ['list_commits', { ref: '--all' }, /not the name of a branch/],
    ['create_branch', { branch: 'main' }, /has a branch main already/],
    ['delete_branch', { branch: 'main' }, /main of .* is the default branch/],
    ['delete_branch', { branch: 'try/nww' }, /has no branch try\/nww\. Did you mean "try\/new"\?/],
    ['open_pull', { head: 'main', title: 't' }, /main has all of main already/],
    ['revert_commit', { sha: 'abcdef1234' }, /has no commit abcdef1234/],
  ])('%s %j says what is wrong', async (tool, input, message) => {
    const answer = await rig.call(tool, { repo, ...input });
    expect(answer).toMatchObject({ isError: true, text: expect.stringMatching(message) });
  });
});

describe('small changes', () => {
  it('make a branch at an exact commit, and delete it with a way back', async () => {
    expect((await rig.approved('create_branch', { repo, branch: 'tmp', ref: first })).text).toContain(
      first.slice(0, 10),
    );
    expect((await rig.approved('delete_branch', { repo, branch: 'tmp' })).text).toContain(`It was at ${first}`);
    expect(await text('list_branches', {})).not.toContain('tmp');
  });

  it('open, comment and close a pull request', async () => {
    expect((await rig.approved('open_pull', { repo, head: 'try/new', title: 'Shop' })).text).toMatch(
      /^Pull request #1/,
    );
    expect(await text('list_pulls', {})).toMatch(/1 pull request\.[\s\S]*#1 +open +\w+ +try\/new → main +Shop/);
    await rig.approved('comment_pull', { repo, number: 1, comment: 'Looks **fine**.' });
    expect(await text('get_pull', { number: 1 })).toMatch(
      /merges cleanly; checks none[\s\S]*comment \w+: Looks \*\*fine\*\*/,
    );
    expect(await text('open_pull', { head: 'try/new', title: 'Again' })).toMatch(/#1 is open for it already/);
    expect((await rig.approved('close_pull', { repo, number: 1 })).text).toMatch(/#1 of .* is closed/);
    expect(await text('close_pull', { number: 1 })).toMatch(/#1 is closed already/);
  });
});
