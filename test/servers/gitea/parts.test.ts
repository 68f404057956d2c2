import { describe, expect, it } from 'vitest';
import type { Blob } from '../../../servers/gitea/blobs.ts';
import { factsOf, risksOf } from '../../../servers/gitea/change-facts.ts';
import { backTo } from '../../../servers/gitea/inverse.ts';
import { notApplied } from '../../../servers/gitea/manifests.ts';
import { blockers } from '../../../servers/gitea/merge.ts';
import { FILE_PATH, message, REF } from '../../../servers/gitea/params.ts';
import { branchFor } from '../../../servers/gitea/proposal.ts';
import { shownText } from '../../../servers/gitea/shown-text.ts';

const blob = (text: string): Blob => ({ sha: text, text, base64: Buffer.from(text).toString('base64') });
const lines = (...text: string[]) => blob(`${text.join('\n')}\n`);
const aChange = (after: string, before?: string) => ({
  path: 'app.yaml',
  before: before === undefined ? undefined : blob(before),
  after: blob(after),
});
const aBranch = {
  name: 'main',
  sha: 'f00',
  subject: '',
  protected: false,
  canPush: true,
  canMerge: true,
  approvals: 0,
  checks: [],
};

describe('taking back one file of a commit', () => {
  const [old, made] = [lines('a', 'b', 'c', 'd', 'e', 'f', 'g'), lines('a', 'B', 'c', 'd', 'e', 'f', 'g')];

  it.each([
    ['gives back what was there', old, made, made, old.text],
    ['deletes what the commit created', undefined, made, made, undefined],
    ['brings back what the commit deleted', old, undefined, undefined, old.text],
    [
      'keeps what others have changed elsewhere',
      old,
      made,
      lines('a', 'B', 'c', 'd', 'e', 'f', 'G'),
      lines('a', 'b', 'c', 'd', 'e', 'f', 'G').text,
    ],
    [
      'leaves alone what is back already',
      old,
      made,
      lines('a', 'b', 'c', 'd', 'e', 'f', 'G'),
      lines('a', 'b', 'c', 'd', 'e', 'f', 'G').text,
    ],
  ])('%s', (_, before, after, now, wanted) => {
    expect(backTo(before, after, now)).toEqual(
      wanted === undefined ? undefined : expect.objectContaining({ text: wanted }),
    );
  });

  it('never takes the place of a block that looks the same', () => {
    const two = (first: number, second: number) =>
      lines(...[first, second].flatMap((cpu, at) => [`# ${at}`, 'x', 'y', 'z', `cpu: ${cpu}`, 'p', 'q', 'r']));
    const [before, after, now] = [two(1, 1), two(2, 1), two(3, 2)];
    expect(typeof backTo(before, after, now)).toBe('symbol');
  });

  it('is a conflict where the same line was changed, or the file was deleted since', () => {
    expect(typeof backTo(old, made, lines('a', 'X', 'c', 'd', 'e', 'f', 'g'))).toBe('symbol');
    expect(typeof backTo(old, made, undefined)).toBe('symbol');
  });
});

describe('a change of manifests', () => {
  const role = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\n';

  it('of rights always asks a person', () => {
    expect(factsOf([aChange(role)])).toEqual({ minimumTier: 'confirm' });
    expect(factsOf([aChange('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n')])).toEqual({});
  });

  it('of what belongs to this system is refused, whichever way it changes', () => {
    const ours =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, labels: {app.kubernetes.io/part-of: k8s-agent-orchestrator}}\n';
    expect(factsOf([aChange(ours)]).floor).toMatch(/^app\.yaml: it would carry the label/);
    expect(factsOf([{ path: 'app.yaml', before: blob(ours), after: undefined }]).floor).toMatch(/belongs to k8s-agent/);
  });

  it('says which objects are no longer there', () => {
    expect(risksOf([{ path: 'app.yaml', before: blob(role), after: undefined }])).toEqual([
      'takes Role/r out: Argo CD deletes it where pruning is on',
    ]);
  });

  it('names the rights that it grants', () => {
    expect(risksOf([aChange(role)])).toEqual(['grants rights: Role/r']);
  });

  it.each([
    ['a template', 'chart/templates/a.yaml', 'a: {{ .b }}\nx:\n  argocd.argoproj.io/deletion-approved: "true"\n'],
    ['a JSON Patch', 'patch.yaml', '- op: add\n  path: /metadata/annotations/argocd.argoproj.io~1deletion-approved\n'],
    ['a kustomization', 'kustomization.yaml', 'commonLabels: {app.kubernetes.io/part-of: k8s-agent-orchestrator}\n'],
  ])('is refused where %s would do what no manifest may', (_, path, text) => {
    const change = { path, before: undefined, after: blob(text) };
    expect(factsOf([change]).floor).toMatch(/it changes what is said there/);
    expect(factsOf([{ path, before: blob(text), after: blob(`${text}# more\n`) }])).toEqual({});
    expect(factsOf([{ ...change, path: 'README.md' }])).toEqual({});
  });

  it.each([
    ['chart/templates/r.yaml', 'kind: ClusterRole\na: {{ .b }}\n'],
    ['kustomization.yaml', 'secretGenerator: []\n'],
  ])('always asks a person where %s makes rights or Secrets', (path, text) => {
    expect(factsOf([{ path, before: undefined, after: blob(text) }])).toEqual({ minimumTier: 'confirm' });
  });

  it.each([
    ['apps/kustomization.yaml', '', 'kustomize builds from it'],
    ['chart/values-prod.yaml', '', 'Helm reads it'],
    ['chart/templates/web.yaml', 'a: {{ .Values.a }}', 'a Helm template'],
    ['README.md', '', 'not YAML'],
    ['apps/web.yaml', 'a: b', undefined],
  ])('knows that %s is: %s%s', (path, text, reason) => {
    expect(notApplied(path, text)).toBe(reason);
  });
});

describe('a Secret in a file', () => {
  const secret = (...data: string[]) => ['kind: Secret', 'stringData:', ...data, 'type: Opaque', ''].join('\n');

  it.each([
    ['a template', 'chart/templates/db.yaml', secret('  {{- if .x }}', '  password: hunter2', '  {{- end }}')],
    ['broken YAML', 'db.yaml', `${secret('  password: hunter2')}a: [\n`],
    ['a README', 'README.md', `Do this:\n${secret('  password: hunter2')}`],
    ['a short value', 'db.yaml', `apiVersion: v1\nmetadata: {name: a}\n${secret('  pin: pw2')}`],
    ['a block', 'README.md', secret('  key: |', '    hunter2', '', '    more')],
  ])('is masked in %s, and its lines stay', (_, path, text) => {
    const shown = shownText(path, text);
    expect(shown).not.toMatch(/hunter2|pw2|more/);
    expect(shown.split('\n')).toHaveLength(text.split('\n').length);
    expect(shown).toContain('type: Opaque');
  });

  it('is no other document, and no other kind', () => {
    const text = 'kind: ConfigMap\ndata:\n  a: plain\n---\nkind: SealedSecret\ndata:\n  a: plain\n---\na: [\n';
    expect(shownText('a.yaml', text)).toBe(text);
  });
});

describe('reviews and messages', () => {
  it.each(['Audit-Record: call-1', 'm\n\nApproved-by: ann'])('let no model say who approved: %j', (text) => {
    expect(message.safeParse(text).success).toBe(false);
    expect(message.safeParse(`see ${text}`.replace('\n\n', ' ')).success).toBe(true);
  });
});

describe('names', () => {
  it.each(['main', 'feature/a-b', 'v1.2.3', 'agent/x'])('take the ref %s', (name) => expect(name).toMatch(REF));
  it.each([
    '-x',
    '--all',
    'a..b',
    'a b',
    '../a',
    '/a',
    'a/',
    'a//b',
    'a.lock',
    '.a',
    'a\nb',
    'x'.repeat(300),
    'a@{1}',
    '',
  ])('refuse the ref %j', (name) => expect(name).not.toMatch(REF));
  it.each(['/etc/passwd', '../a', 'a/../b', 'a/./b', '.git/config', 'a//b', 'a\u0000b', 'a\\b', ''])(
    'refuse the path %j',
    (path) => expect(path).not.toMatch(FILE_PATH),
  );

  it('of a branch say what the change is, and differ by its content', () => {
    const name = branchFor('Raise: memory of "web"!', aBranch, [aChange('a')]);
    expect(name).toMatch(/^agent\/raise-memory-of-web-[0-9a-f]{6}$/);
    expect(branchFor('Raise: memory of "web"!', aBranch, [aChange('b')])).not.toBe(name);
    expect(branchFor('…', aBranch, [aChange('a')])).toMatch(/^agent\/change-/);
  });
});

describe('a merge', () => {
  const fine = {
    repository: { name: 'a/b', defaultBranch: 'main', archived: false, canPush: true, mergeStyles: ['merge'] },
    pull: {
      number: 1,
      title: '',
      body: '',
      author: '',
      state: 'open' as const,
      draft: false,
      mergeable: true,
      head: { branch: 'x', sha: '1', repo: 'a/b' },
      base: { branch: 'main', sha: '2' },
      mergeBase: '2',
    },
    base: aBranch,
    checks: { state: 'success', lines: [], green: ['build'] },
    reviews: { approvals: 1, lines: [], rejected: false },
  };

  it('takes the names of checks as Gitea does: with stars, and nothing else', () => {
    const checks = { ...fine.checks, green: ['ci / build (push)'] };
    expect(blockers({ ...fine, checks, base: { ...aBranch, checks: ['ci / * (push)'] } })).toEqual([]);
  });

  it('has nothing against it where all is well', () => {
    expect(blockers({ ...fine, base: { ...aBranch, approvals: 1, checks: ['build'] } })).toEqual([]);
  });

  it.each([
    [{ pull: { ...fine.pull, draft: true } }, /draft/],
    [{ pull: { ...fine.pull, mergeable: false } }, /conflicts/],
    [{ base: { ...aBranch, canMerge: false } }, /protected/],
    [{ base: { ...aBranch, checks: ['build', 'lint'] } }, /not green: lint/],
    [{ base: { ...aBranch, checks: ['ci / * (push)'] } }, /not green: ci/],
    [{ base: { ...aBranch, approvals: 2 } }, /1 approval of the 2/],
    [{ reviews: { ...fine.reviews, rejected: true } }, /wants changes/],
    [{ repository: { ...fine.repository, archived: true } }, /archived/],
  ])('is stopped by %j', (change, what) => {
    expect(blockers({ ...fine, ...change })[0]?.what).toMatch(what);
  });
});
