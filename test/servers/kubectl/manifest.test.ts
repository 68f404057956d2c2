import { describe, expect, it } from 'vitest';
import { parseManifest } from '../../../servers/kubectl/manifest.ts';
import { inOrder } from '../../../servers/kubectl/manifest-order.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';

const HEAD = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';

function problemOf(text: string): OpsError {
  try {
    parseManifest(text);
  } catch (error) {
    if (error instanceof OpsError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('a manifest', () => {
  it('may hold many documents, empty ones and comments between them', () => {
    const objects = parseManifest(`---\n# first\n${HEAD}---\n---\n${HEAD.replace('a}', 'b}')}`);
    expect(objects.map(({ metadata }) => metadata)).toEqual([{ name: 'a' }, { name: 'b' }]);
  });

  it('may be JSON', () => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
    expect(parseManifest(JSON.stringify(object))).toEqual([object]);
  });

  it('may be a List, whose items count', () => {
    const items = [1, 2].map((n) => `- {apiVersion: v1, kind: ConfigMap, metadata: {name: a${n}}}`).join('\n');
    expect(parseManifest(`apiVersion: v1\nkind: List\nitems:\n${items}`)).toHaveLength(2);
  });

  it('is read as kubectl reads it: octal modes, merge keys, times and base-60 numbers as text', () => {
    const [object] = parseManifest(`${HEAD}x: &x {mode: 0644}\ny: {<<: *x, z: 1}\nat: 2026-01-01\nport: 22:22\n`);
    expect(object).toMatchObject({
      x: { mode: 0o644 },
      y: { mode: 0o644, z: 1 },
      at: '2026-01-01',
      port: '22:22',
    });
  });

  it.each([
    ['nothing', '', /holds no object/],
    ['only comments', '# a\n---\n', /holds no object/],
    ['broken YAML', `${HEAD}x: [`, /^manifest:4:5: /],
    ['a text', 'hello', /^manifest:1:1: it is not an object/],
    ['no kind', 'apiVersion: v1\nmetadata: {name: a}', /^manifest:1:1: kind is missing/],
    ['no name', 'apiVersion: v1\nkind: Pod\nmetadata: {}', /^manifest:3:11: metadata.name is missing/],
    ['a number as name', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: 7', /^manifest:4:9: metadata.name/],
    ['a name that climbs', 'apiVersion: v1\nkind: Pod\nmetadata: {name: ../x}', /^manifest:3:18: metadata.name/],
    ['a name like a flag', 'apiVersion: v1\nkind: Pod\nmetadata: {name: "--all"}', /metadata.name/],
    ['a name of two lines', 'apiVersion: v1\nkind: Pod\nmetadata: {name: "a\\nb"}', /metadata.name/],
    ['a bad namespace', 'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: a/b}', /metadata.namespace/],
    ['generateName', 'apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}', /^manifest:3:26: generateName cannot/],
    ['a key twice', `${HEAD}data: {x: 1, x: 2}`, /^manifest:4:14: the key "x" stands here a second time/],
    ['a key that is no text', `${HEAD}? {a: 1}\n: 2`, /a key is not a text/],
    ['an object twice', `${HEAD}---\n${HEAD}`, /^manifest:5:1: ConfigMap\/a stands here a second time/],
    ['a custom tag', `${HEAD}x: !!js/function "x"`, /^manifest:4:4: Unresolved tag/],
    ['a huge integer', `${HEAD}x: 99999999999999999999`, /^manifest:4:4: the number cannot be kept exactly/],
    ['infinity', `${HEAD}x: .inf`, /cannot be kept exactly/],
    ['a control character', `${HEAD}x: a\u0007b`, /^manifest:4:5: U\+0007/],
    ['what was not UTF-8', `${HEAD}x: \ufffd`, /^manifest:4:4: U\+FFFD/],
    ['half a character', `${HEAD}x: \ud800`, /U\+D800/],
    ['an item that is no object', 'apiVersion: v1\nkind: List\nitems:\n- 3', /^manifest:4:3: it is not an object/],
    ['an alias bomb', bomb(), /Excessive alias count/],
    ['brackets without end', '['.repeat(5_000), /^manifest:/],
  ])('refuses %s, and says where', (_, text, message) => {
    expect(problemOf(text)).toMatchObject({ code: 'invalid_input', message: expect.stringMatching(message) });
  });

  it('refuses 10 MB, and more objects than a person can read', () => {
    expect(problemOf('x'.repeat(10_000_000))).toMatchObject({ code: 'too_large' });
    const many = Array.from({ length: 51 }, (_, n) => HEAD.replace('a}', `a${n}}`)).join('---\n');
    expect(problemOf(many)).toMatchObject({ code: 'too_large', message: expect.stringContaining('51 objects') });
  });

  it('of many keys is read in seconds, not in minutes', { timeout: 20_000 }, () => {
    const keys = Array.from({ length: 20_000 }, (_, n) => `  key${n}: v`).join('\n');
    expect(parseManifest(`${HEAD}data:\n${keys}`)).toHaveLength(1);
  });
});

function bomb(): string {
  const level = (name: string, of: string) => `${name}: &${name} [${Array(9).fill(of).join(',')}]`;
  return ['a', 'b', 'c', 'd', 'e'].map((name, n, all) => level(name, n === 0 ? 'x' : `*${all[n - 1]}`)).join('\n');
}

describe('the order of application', () => {
  it('puts what others stand on first and workloads later, and keeps the order within a kind', () => {
    const kinds = ['Ingress', 'Deployment', 'Widget', 'Secret', 'Namespace', 'RoleBinding', 'Role', 'Service'];
    expect(inOrder(kinds, (kind) => kind)).toEqual([
      'Namespace',
      'Role',
      'RoleBinding',
      'Secret',
      'Service',
      'Widget',
      'Deployment',
      'Ingress',
    ]);
    const named = ['Secret b', 'Secret a'];
    expect(inOrder(named, (text) => text.split(' ')[0] ?? '')).toEqual(named);
  });
});
