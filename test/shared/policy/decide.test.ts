import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action, Kind } from '../../../shared/kernel/action.ts';
import { decide, decideAll } from '../../../shared/policy/decide.ts';
import { DEFAULT_POLICY, type Policy, parsePolicy, parseRunAutonomy } from '../../../shared/policy/policy.ts';
import { STRICTNESS, type Tier, VERBS } from '../../../shared/policy/verbs.ts';
import { anAction, DEPLOYMENT, NODE, POD, PVC } from '../../support/builders.ts';

const SEED = {
  safe_actions: ['get', 'describe', 'logs', 'list', 'top', 'diff'],
  confirm_actions: ['delete', 'patch', 'edit', 'scale', 'rollout', 'apply'],
  forbidden_actions: ['drain', 'cordon', 'delete node', 'reset'],
};

const tierOf = (policy: Policy, action: Partial<Action>, agent?: string) =>
  decide(policy, anAction(action), agent).tier;

describe('the seed’s policy', () => {
  const policy = parsePolicy(SEED);

  it.each<[string, Partial<Action>, Tier]>([
    ['reads pods', { verb: 'list', kind: POD }, 'safe'],
    ['restarts a pod', { verb: 'restart', kind: POD }, 'safe'],
    ['reads a rollout’s status, though rollout asks', { verb: 'status' }, 'safe'],
    ['reads a rollout’s history, though rollout asks', { verb: 'history' }, 'safe'],
    ['asks before a scale', { verb: 'scale' }, 'confirm'],
    ['asks before a patch', { verb: 'patch' }, 'confirm'],
    ['asks before a rollout restart', { verb: 'rollout restart' }, 'confirm'],
    ['asks before it deletes a pod', { verb: 'delete', kind: POD }, 'confirm'],
    ['never deletes a node', { verb: 'delete', kind: NODE, name: 'pi3' }, 'forbidden'],
    ['never drains', { verb: 'drain', kind: NODE }, 'forbidden'],
    ['never cordons', { verb: 'cordon', kind: NODE }, 'forbidden'],
    ['never uncordons, which the seed does not name', { verb: 'uncordon', kind: NODE }, 'forbidden'],
  ])('%s', (_, action, tier) => {
    expect(tierOf(policy, action)).toBe(tier);
  });
});

describe('rules', () => {
  it('lets a user move a forbidden verb to confirm', () => {
    expect(tierOf(parsePolicy({ confirm_actions: ['cordon'] }), { verb: 'cordon', kind: NODE })).toBe('confirm');
  });

  it('keeps delete node forbidden under a rule that does not mean nodes', () => {
    const policy = parsePolicy({ safe_actions: ['delete', 'delete by k8s-diagnostician'] });
    expect(tierOf(policy, { verb: 'delete', kind: NODE }, 'k8s-diagnostician')).toBe('forbidden');
    expect(tierOf(policy, { verb: 'delete', kind: POD })).toBe('safe');
  });

  it('names a default that is more specific than the user’s rule as the one that decides', () => {
    const decision = decide(parsePolicy({ forbidden_actions: ['delete'] }), anAction({ verb: 'delete', kind: NODE }));
    expect(decision).toMatchObject({ kind: 'deny', rule: '"delete node" (default)' });
  });

  it('lets a rule for one namespace win over one for all', () => {
    const policy = parsePolicy({ confirm_actions: ['scale'], safe_actions: ['scale in dev-*'] });
    expect(tierOf(policy, { namespace: 'dev-1' })).toBe('safe');
    expect(tierOf(policy, { namespace: 'prod' })).toBe('confirm');
  });

  it('takes the stricter of two rules of the same length', () => {
    const policy = parsePolicy({ safe_actions: ['scale in prod'], forbidden_actions: ['scale deployment'] });
    expect(tierOf(policy, { namespace: 'prod' })).toBe('forbidden');
  });

  it('lets a family forbid all of its verbs', () => {
    const policy = parsePolicy({ forbidden_actions: ['rollout'] });
    expect(tierOf(policy, { verb: 'rollout undo' })).toBe('forbidden');
    expect(tierOf(policy, { verb: 'status' })).toBe('safe');
  });

  it('asks for a verb that no rule knows', () => {
    expect(decide(DEFAULT_POLICY, anAction({ verb: 'teleport' }))).toMatchObject({
      kind: 'ask',
      rule: 'unknown means confirm',
    });
  });

  it('decides a call of many actions by its strictest', () => {
    const actions = [anAction({ verb: 'list', kind: POD }), anAction({ verb: 'delete', kind: NODE }), anAction()];
    expect(decideAll(DEFAULT_POLICY, actions).kind).toBe('deny');
    expect(decideAll(DEFAULT_POLICY, []).kind).toBe('ask');
  });

  it('keeps the warning of each of many actions', () => {
    const owned = { selfHeal: true, repo: 'http://git/gitops', path: 'apps', revision: 'main' };
    const actions = ['shop', 'blog'].map((app) => anAction({ name: app, facts: { gitops: { ...owned, app } } }));
    const decision = decideAll(parsePolicy({ gitops: 'warn' }), [anAction(), ...actions]);
    expect(decision).toMatchObject({ warning: expect.stringMatching(/app shop owns.*\n.*app blog owns/) });
  });
});

describe('floors, GitOps and scope', () => {
  const owned = { app: 'web', selfHeal: true, repo: 'http://git/gitops', path: 'apps/web', revision: 'main' };

  it('denies what a floor forbids, whatever the rules say', () => {
    const policy = parsePolicy({ safe_actions: ['scale'] });
    expect(decide(policy, anAction({ facts: { floor: 'never' } }))).toMatchObject({
      kind: 'deny',
      rule: 'floor',
      hint: 'never',
    });
  });

  it('refuses a change that Argo CD would revert, and names path and repo', () => {
    const decision = decide(DEFAULT_POLICY, anAction({ facts: { gitops: owned } }));
    expect(decision).toMatchObject({ kind: 'deny', rule: 'gitops' });
    expect(decision.kind === 'deny' && decision.hint).toBe(
      'argocd app web owns Deployment/web and will revert it; change path apps/web in repo http://git/gitops (revision main) instead.',
    );
  });

  it('only warns where the user says so, and does not mind an app that does not heal', () => {
    expect(decide(parsePolicy({ gitops: 'warn' }), anAction({ facts: { gitops: owned } }))).toMatchObject({
      kind: 'ask',
      warning: expect.stringContaining('argocd app web owns'),
    });
    expect(decide(DEFAULT_POLICY, anAction({ facts: { gitops: { ...owned, selfHeal: false } } }))).not.toHaveProperty(
      'warning',
    );
  });

  it('lets an owned pod be restarted and read', () => {
    expect(tierOf(DEFAULT_POLICY, { verb: 'restart', kind: POD, facts: { gitops: owned } })).toBe('safe');
    expect(tierOf(DEFAULT_POLICY, { verb: 'get', facts: { gitops: owned } })).toBe('safe');
  });

  it('keeps an agent to its own servers', () => {
    expect(decide(DEFAULT_POLICY, anAction({ verb: 'get' }), 'git-operator')).toMatchObject({
      kind: 'deny',
      rule: 'agent scope',
    });
  });

  it('gives no server to an agent that the table does not name', () => {
    for (const agent of ['researcher', 'general-purpose', 'constructor', 'Main']) {
      for (const server of ['kubectl', 'argocd', 'prometheus', 'gitea', 'workflows']) {
        expect(decide(parsePolicy({ safe_actions: ['get'] }), anAction({ server, verb: 'get' }), agent)).toMatchObject({
          kind: 'deny',
          rule: 'agent scope',
          hint: `${agent} works without these servers; delegate to an agent that has ${server}.`,
        });
      }
    }
    expect(tierOf(DEFAULT_POLICY, { verb: 'get' }, 'main')).toBe('safe');
  });
});

describe('a workflow’s own tiers', () => {
  const run = parseRunAutonomy('run-1', {
    auto_approve: ['restart_pod', 'scale_replicas', 'drain'],
    always_confirm: ['delete_pvc', 'logs'],
  });

  it('moves confirm to safe and safe to confirm', () => {
    expect(decide(DEFAULT_POLICY, anAction(), undefined, run)).toMatchObject({ kind: 'allow', by: 'workflow' });
    expect(decide(DEFAULT_POLICY, anAction({ verb: 'logs', kind: POD }), undefined, run).kind).toBe('ask');
    expect(decide(DEFAULT_POLICY, anAction({ verb: 'delete', kind: PVC }), undefined, run).kind).toBe('ask');
  });

  it('never moves forbidden', () => {
    expect(decide(DEFAULT_POLICY, anAction({ verb: 'drain', kind: NODE }), undefined, run).kind).toBe('deny');
  });
});

const KINDS: readonly Kind[] = [POD, NODE, PVC, DEPLOYMENT];
const verb = fc.constantFrom(...Object.keys(VERBS));
const freeVerb = fc.constantFrom(
  ...Object.entries(VERBS).flatMap(([name, { kinds }]) => (kinds === undefined ? [name] : [])),
);
const tier = fc.constantFrom<Tier>('safe', 'confirm', 'forbidden');
const action = fc.record({
  server: fc.constant('kubectl'),
  verb,
  kind: fc.constantFrom(...KINDS),
  namespace: fc.constantFrom('dev', 'prod'),
  name: fc.constant('x'),
});
const lists = fc
  .array(
    fc.tuple(
      freeVerb,
      fc.constantFrom('', ' pod', ' node', ' pvc'),
      fc.constantFrom('', ' in dev', ' in p*'),
      fc.constantFrom('', ' by anna'),
      tier,
    ),
    { maxLength: 6 },
  )
  .map((rules) => {
    const of = (wanted: Tier) => rules.filter(([, , , , t]) => t === wanted).map(([v, k, n, a]) => v + k + n + a);
    return { safe_actions: of('safe'), confirm_actions: of('confirm'), forbidden_actions: of('forbidden') };
  });

describe('for all policies and actions', () => {
  it('never allows what no rule knows', () => {
    const unknown = fc.string({ minLength: 1 }).filter((text) => !(text in VERBS) && !text.startsWith('rollout '));
    fc.assert(
      fc.property(
        lists,
        action,
        unknown,
        (autonomy, a, v) => decide(parsePolicy(autonomy), { ...a, verb: v }).kind !== 'allow',
      ),
    );
  });

  it('lets a rule that names verb, kind, namespace and agent win over every shorter one', () => {
    fc.assert(
      fc.property(lists, freeVerb, fc.constantFrom('dev', 'prod'), tier, (autonomy, v, namespace, wanted) => {
        const exact = `${v} pod in ${namespace} by k8s-diagnostician`;
        const policy = parsePolicy({ ...autonomy, [`${wanted}_actions`]: [...autonomy[`${wanted}_actions`], exact] });
        expect(decide(policy, anAction({ verb: v, kind: POD, namespace }), 'k8s-diagnostician').tier).toBe(wanted);
      }),
    );
  });

  it('never lets a workflow raise forbidden, and moves nothing by more than one tier', () => {
    fc.assert(
      fc.property(
        lists,
        action,
        fc.array(freeVerb),
        fc.array(freeVerb),
        (autonomy, a, auto_approve, always_confirm) => {
          const policy = parsePolicy(autonomy);
          const before = decide(policy, a).tier;
          const after = decide(policy, a, undefined, parseRunAutonomy('run-1', { auto_approve, always_confirm })).tier;
          expect(after === 'forbidden').toBe(before === 'forbidden');
          expect(Math.abs(STRICTNESS[after] - STRICTNESS[before])).toBeLessThan(2);
        },
      ),
    );
  });

  it('lets a floor deny everything', () => {
    fc.assert(
      fc.property(
        lists,
        action,
        (autonomy, a) => decide(parsePolicy(autonomy), { ...a, facts: { floor: 'no' } }).kind === 'deny',
      ),
    );
  });

  it('lets nothing make safe what a person always decides', () => {
    fc.assert(
      fc.property(lists, action, fc.array(freeVerb), (autonomy, a, auto_approve) => {
        const run = parseRunAutonomy('run-1', { auto_approve });
        const facts = { minimumTier: 'confirm' } as const;
        expect(decide(parsePolicy(autonomy), { ...a, facts }, undefined, run).kind).not.toBe('allow');
      }),
    );
  });

  it('decides every spelling of a kind alike', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), freeVerb, tier, (kind, v, wanted) => {
        const tiers = kind.names.map(
          (name) => decide(parsePolicy({ [`${wanted}_actions`]: [`${v} ${name}`] }), anAction({ verb: v, kind })).tier,
        );
        expect(new Set(tiers)).toEqual(new Set([wanted]));
      }),
    );
  });
});
