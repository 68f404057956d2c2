import { describe, expect, it } from 'vitest';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { parsePolicy } from '../../../shared/policy/policy.ts';
import { parseRule } from '../../../shared/policy/rules.ts';
import { FAMILIES, VERBS } from '../../../shared/policy/verbs.ts';

const parse = (text: string) => parseRule(text, 'safe', 'test');

describe('a rule', () => {
  it.each([
    ['restart pod', 'restart', 'pod'],
    ['restart_pod', 'restart', 'pod'],
    ['restart-pod', 'restart', 'pod'],
    ['Restart  Pod', 'restart', 'pod'],
    ['delete_pvc', 'delete', 'pvc'],
    ['scale_replicas', 'scale', undefined],
    ['edit', 'patch', undefined],
    ['rollout', 'rollout', undefined],
    ['rollout undo deployment', 'rollout undo', 'deployment'],
    ['rollout_status', 'status', undefined],
    ['port-forward', 'port forward', undefined],
  ])('reads %j as verb and kind', (text, verb, kind) => {
    const rule = parse(text);
    expect([rule.verb, rule.kind]).toEqual([verb, kind]);
  });

  it('keeps the hyphens of namespaces and agents', () => {
    expect(parse('scale deployment in team-a-* by k8s-diagnostician')).toMatchObject({
      verb: 'scale',
      kind: 'deployment',
      namespace: 'team-a-*',
      agent: 'k8s-diagnostician',
    });
  });

  it.each([
    ['scael', 'no tool has the verb "scael"', 'Did you mean "scale"?'],
    ['', 'no tool has the verb ""', 'Verbs: get,'],
    ['drain pod', 'no tool could ever match it', 'drain only ever acts on a node.'],
    ['restart deployment', 'no tool could ever match it', 'restart only ever acts on a pod.'],
    ['delete pod now please', '"now please" is not understood', '<verb> [<kind>] [in <namespace glob>] [by <agent>]'],
  ])('refuses %j and says what would do', (text, message, hint) => {
    expect(() => parse(text)).toThrow(OpsError);
    expect(() => parse(text)).toThrow(message);
    try {
      parse(text);
    } catch (error) {
      expect(error instanceof OpsError && error.hint).toContain(hint);
    }
  });
});

describe('a policy', () => {
  it('names the list in which a bad rule stands', () => {
    expect(() => parsePolicy({ confirm_actions: ['scael'] })).toThrow('autonomy.confirm_actions: rule "scael"');
  });

  it('refuses an unknown key and lists the known ones', () => {
    expect(() => parsePolicy({ save_actions: ['get'] })).toThrow('save_actions');
  });

  it('gives all verbs of a family one default tier, since one rule stands for them', () => {
    for (const family of FAMILIES) {
      const tiers = Object.entries(VERBS).flatMap(([verb, { tier }]) => (verb.startsWith(`${family} `) ? [tier] : []));
      expect(tiers.length).toBeGreaterThan(1);
      expect(new Set(tiers)).toEqual(new Set(['confirm']));
    }
  });
});
