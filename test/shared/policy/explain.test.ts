import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../shared/policy/decide.ts';
import { explain, parseQuestion, policyTable } from '../../../shared/policy/explain.ts';
import { KINDS } from '../../../shared/policy/kinds.ts';
import { DEFAULT_POLICY, parsePolicy } from '../../../shared/policy/policy.ts';
import { FAMILIES, VERBS } from '../../../shared/policy/verbs.ts';

const TOOLS = [
  { server: 'kubectl', tool: 'get', verb: 'get', effect: 'read' },
  { server: 'kubectl', tool: 'delete', verb: 'delete', effect: 'write' },
  { server: 'kubectl', tool: 'cordon', verb: 'cordon', effect: 'write' },
];
const ask = (text: string) => parseQuestion(text, TOOLS);
const why = (autonomy: object, text: string) =>
  explain(parsePolicy(autonomy), ask(text)).rules.map(({ rule, wins, why }) => [rule.text, wins, why]);

describe('a question about the policy', () => {
  it.each([
    ['delete pvc in prod by k8s-diagnostician', 'delete', 'PersistentVolumeClaim', undefined, 'prod'],
    ['delete pod/web-1 in shop', 'delete', 'Pod', 'web-1', 'shop'],
    ['delete pod web-1', 'delete', 'Pod', 'web-1', undefined],
    ['delete_pvc', 'delete', 'PersistentVolumeClaim', undefined, undefined],
    ['scale replicas deploy/web', 'scale', 'Deployment', 'web', undefined],
    ['rollout restart deploy', 'rollout restart', 'Deployment', undefined, undefined],
    ['restart', 'restart', 'Pod', undefined, undefined],
    ['drain', 'drain', 'Node', undefined, undefined],
    ['get', 'get', undefined, undefined, undefined],
  ])('%s', (text, verb, kind, name, namespace) => {
    const { action } = ask(text);
    expect([action.verb, action.kind?.kind, action.name, action.namespace]).toEqual([verb, kind, name, namespace]);
  });

  it('keeps the agent', () => expect(ask('delete pvc by k8s-diagnostician').agent).toBe('k8s-diagnostician'));

  it('says when a kind is none that is known offline', () => {
    expect(ask('delete widget')).toMatchObject({ unknownKind: 'widget', action: { kind: { names: ['widget'] } } });
  });

  it('names the nearest verb for one that there is not', () => {
    expect(() => ask('delte pod')).toThrow('No tool has the verb "delte pod"');
  });

  it('asks which verb of a family is meant', () => {
    expect(() => ask('rollout deploy')).toThrow('is a family of verbs');
  });
});

describe('the explanation', () => {
  it('says which rule wins and why the others lose', () => {
    const autonomy = {
      safe_actions: ['delete pod'],
      confirm_actions: ['delete'],
      forbidden_actions: ['delete pvc in prod'],
    };
    expect(why(autonomy, 'delete pvc in prod')).toEqual([
      ['delete pvc in prod', true, 'it decides'],
      ['delete', false, 'less specific: it names 1, the other 3'],
      ['delete', false, 'less specific: it names 1, the other 3'],
    ]);
  });

  it('says that of two rules of the same length the stricter one wins', () => {
    expect(
      why({ safe_actions: ['delete pod'], forbidden_actions: ['delete in prod'] }, 'delete pod in prod'),
    ).toContainEqual(['delete pod', false, 'equally specific; the stricter one wins']);
  });

  it('says that a rule must name what a default names to lower it', () => {
    expect(why({ safe_actions: ['delete by main'] }, 'delete node by main')).toEqual([
      ['delete node', true, 'it decides'],
      ['delete by main', false, 'it does not name what "delete node" names, and is not stricter'],
      ['delete', false, 'less specific: it names 1, the other 2'],
    ]);
  });

  it("says that the user's rule stands before a default", () => {
    expect(why({ safe_actions: ['delete'] }, 'delete pod')).toEqual([
      ['delete', true, 'it decides'],
      ['delete', false, 'a default; yours comes first'],
    ]);
  });

  it('says that scope stands above all rules', () => {
    const explained = explain(DEFAULT_POLICY, ask('delete pod by prometheus-analyst'));
    expect(explained.decision).toMatchObject({ kind: 'deny', rule: 'agent scope' });
    expect(explained.rules.every(({ wins }) => !wins)).toBe(true);
  });

  it('always agrees with the gate, and names a winner wherever a rule decides', () => {
    const verb = fc.constantFrom(...Object.keys(VERBS).filter((name) => !FAMILIES.some((family) => family === name)));
    const part = fc.constantFrom('', ' in prod', ' in dev-*', ' by main');
    const rule = fc.tuple(
      fc.constantFrom('delete', 'scale', 'get', 'apply', 'rollout'),
      fc.constantFrom('', ' pod', ' pvc', ' deploy'),
      part,
    );
    const rules = fc.array(
      rule.map((parts) => parts.join('')),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(
        rules,
        rules,
        rules,
        verb,
        fc.constantFrom(...KINDS),
        part,
        (safe, confirm, forbidden, name, kind, rest) => {
          fc.pre((VERBS[name]?.kinds ?? kind.names).some((spelling) => kind.names.includes(spelling)));
          const policy = parsePolicy({ safe_actions: safe, confirm_actions: confirm, forbidden_actions: forbidden });
          const question = ask(`${name} ${kind.names[0]}${rest.replace('*', '1')}`);
          const explained = explain(policy, question);
          expect(explained.decision).toEqual(decide(policy, question.action, question.agent));
          expect(explained.rules.filter(({ wins }) => wins)).toHaveLength(1);
        },
      ),
    );
  });
});

describe('the policy table', () => {
  it('names the narrower rules that make exceptions', () => {
    const policy = parsePolicy({ safe_actions: ['delete pod in dev-*'], confirm_actions: ['cordon'] });
    expect(policyTable(policy, TOOLS)).toEqual([
      { ...TOOLS[0], tier: 'safe', exceptions: [] },
      { ...TOOLS[1], tier: 'confirm', exceptions: ['delete pod in dev-*: safe', 'delete node: forbidden'] },
      { ...TOOLS[2], tier: 'confirm', exceptions: [] },
    ]);
  });
});
