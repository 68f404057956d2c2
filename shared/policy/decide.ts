import { type Action, describeAction } from '../kernel/action.ts';
import type { Policy, RunAutonomy } from './policy.ts';
import { matches, namesAllOf, type Rule, specificity } from './rules.ts';
import { outsideScope } from './scope.ts';
import { covers, STRICTNESS, type Tier } from './verbs.ts';

export type Decision =
  | {
      readonly kind: 'allow';
      readonly tier: 'safe';
      readonly rule: string;
      readonly by: 'policy' | 'workflow';
      readonly warning?: string;
    }
  | { readonly kind: 'ask'; readonly tier: 'confirm'; readonly rule: string; readonly warning?: string }
  | { readonly kind: 'deny'; readonly tier: 'forbidden'; readonly rule: string; readonly hint: string };

/** Verbs whose effect Argo CD reverts when it owns the object and heals by itself (design: section 5). */
const REVERTED = ['patch', 'apply', 'scale', 'delete', 'rollout', 'update'];

/** The one decision. Pure: the same policy, action, agent and run always decide alike. Unknown means confirm. */
export function decide(policy: Policy, action: Action, agent?: string, run?: RunAutonomy): Decision {
  const scope = outsideScope(agent, action.server);
  if (scope !== undefined) return deny('agent scope', scope);
  if (action.facts?.floor !== undefined) return deny('floor', action.facts.floor);
  const gitops = gitopsConflict(policy, action);
  if (gitops !== undefined && policy.gitops === 'refuse') return deny('gitops', gitops);

  const winner = strongest(policy, action, agent);
  const tier = winner?.tier ?? 'confirm';
  if (tier === 'forbidden') return deny(explainRule(winner), forbiddenHint(action));
  const moved = overlay(tier, action, agent, run);
  const rule = explainRule(moved ?? winner);
  const warning = gitops === undefined ? {} : { warning: gitops };
  if ((moved?.tier ?? tier) === 'confirm') return { kind: 'ask', tier: 'confirm', rule, ...warning };
  if (action.facts?.minimumTier === 'confirm') {
    return { kind: 'ask', tier: 'confirm', rule: `floor (${rule} cannot make this safe)`, ...warning };
  }
  return { kind: 'allow', tier: 'safe', rule, by: moved === undefined ? 'policy' : 'workflow', ...warning };
}

/** A call with several actions (a manifest of many documents) is decided by its strictest one. */
export function decideAll(policy: Policy, actions: readonly Action[], agent?: string, run?: RunAutonomy): Decision {
  const [first, ...rest] = actions.map((action) => decide(policy, action, agent, run));
  if (first === undefined) return { kind: 'ask', tier: 'confirm', rule: 'unknown means confirm' };
  const strictest = rest.reduce(
    (worst, next) => (STRICTNESS[next.tier] > STRICTNESS[worst.tier] ? next : worst),
    first,
  );
  if (strictest.kind === 'deny') return strictest;
  const warnings = [first, ...rest].flatMap((decision) => (decision.kind !== 'deny' && decision.warning) || []);
  return warnings.length === 0 ? strictest : { ...strictest, warning: [...new Set(warnings)].join('\n') };
}

/** The rule that wins for an action, or undefined where none matches. */
function strongest(policy: Policy, action: Action, agent: string | undefined): Rule | undefined {
  const user = mostSpecific(policy.rules.filter((rule) => matches(rule, action, agent)));
  const fallback = mostSpecific(policy.defaults.filter((rule) => matches(rule, action, agent)));
  if (user === undefined || fallback === undefined) return user ?? fallback;
  const difference = specificity(user) - specificity(fallback);
  if (difference < 0) return fallback;
  // `delete by anna` does not mean nodes: only a rule that names what the default names may lower it.
  return namesAllOf(user, fallback) ? user : stricterRule(user, fallback);
}

function mostSpecific(rules: readonly Rule[]): Rule | undefined {
  const [first, ...rest] = rules;
  if (first === undefined) return undefined;
  return rest.reduce((best, rule) => {
    const difference = specificity(rule) - specificity(best);
    if (difference !== 0) return difference > 0 ? rule : best;
    return stricterRule(best, rule);
  }, first);
}

function stricterRule(a: Rule, b: Rule): Rule {
  return STRICTNESS[b.tier] > STRICTNESS[a.tier] ? b : a;
}

/** A workflow's tiers apply to what policy left at safe or confirm, and can never reach forbidden. */
function overlay(
  tier: Tier,
  action: Action,
  agent: string | undefined,
  run: RunAutonomy | undefined,
): Rule | undefined {
  const rule = mostSpecific((run?.rules ?? []).filter((candidate) => matches(candidate, action, agent)));
  return rule === undefined || rule.tier === tier ? undefined : rule;
}

function gitopsConflict(policy: Policy, action: Action): string | undefined {
  const owner = action.facts?.gitops;
  const reverted = REVERTED.some((verb) => covers(verb, action.verb));
  if (owner === undefined || !owner.selfHeal || !reverted) return undefined;
  const advice =
    owner.instead ?? `change path ${owner.path} in repo ${owner.repo} (revision ${owner.revision}) instead`;
  const text = `argocd app ${owner.app} owns ${action.kind?.kind ?? 'this'}/${action.name ?? ''} and will revert it; ${advice}`;
  return policy.gitops === 'refuse' ? `${text}.` : text;
}

function deny(rule: string, hint: string): Decision {
  return { kind: 'deny', tier: 'forbidden', rule, hint };
}

function explainRule(rule: Rule | undefined): string {
  return rule === undefined ? 'unknown means confirm' : `"${rule.text}" (${rule.source})`;
}

function forbiddenHint(action: Action): string {
  return `A person can do it with their own tools, or move the rule in autonomy of settings.json to confirm_actions: ${describeAction(action)}.`;
}
