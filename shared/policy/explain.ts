import type { Action, Kind } from '../kernel/action.ts';
import { OpsError } from '../kernel/errors.ts';
import { type Decision, decide } from './decide.ts';
import { findKind } from './kinds.ts';
import type { Policy } from './policy.ts';
import { matches, namesAllOf, type Rule, specificity, splitQualifiers } from './rules.ts';
import { FAMILIES, nearestVerb, STRICTNESS, takeVerb, VERBS } from './verbs.ts';

/** One tool, as the policy table shows it. */
export interface ToolFacts {
  readonly server: string;
  readonly tool: string;
  readonly verb: string;
  readonly effect: string;
}

export interface Question {
  readonly action: Action;
  readonly agent?: string;
  /** The kind is none that is known without a cluster, so only this spelling of it is compared. */
  readonly unknownKind?: string;
}

interface Weighed {
  readonly rule: Rule;
  readonly wins: boolean;
  /** Why it wins or loses. */
  readonly why: string;
}

export interface Explanation {
  readonly decision: Decision;
  /** Every rule that matches, the winner first. */
  readonly rules: readonly Weighed[];
}

/** Reads `<verb> [<kind>[/<name>]] [in <namespace>] [by <agent>]`, as a person would ask. */
export function parseQuestion(text: string, tools: readonly ToolFacts[]): Question {
  const { head, namespace, agent } = splitQualifiers(text);
  const { verb, rest } = verbOf(head);
  // A name's hyphens were taken for spaces, as everywhere in a rule.
  const [spelling, ...names] = rest.flatMap((word) => word.split('/'));
  const name = names.join('-');
  const word = spelling ?? VERBS[verb]?.kinds?.[0];
  const kind = word === undefined ? undefined : (findKind(word) ?? unknown(word));
  const server = tools.find((tool) => tool.verb === verb)?.server ?? 'kubectl';
  return {
    action: { server, verb, ...(kind && { kind }), ...(namespace && { namespace }), ...(name && { name }) },
    ...(agent && { agent }),
    ...(word !== undefined && findKind(word) === undefined && { unknownKind: word }),
  };
}

/** What `decide` says of it, and how each rule that matches fared. */
export function explain(policy: Policy, { action, agent }: Question): Explanation {
  const decision = decide(policy, action, agent);
  const found = [...policy.rules, ...policy.defaults].filter((rule) => matches(rule, action, agent));
  const winner = found.find((rule) => decision.rule === `"${rule.text}" (${rule.source})`);
  const others = found
    .filter((rule) => rule !== winner)
    .map((rule) => ({ rule, wins: false, why: whyNot(rule, winner) }));
  if (winner === undefined) return { decision, rules: others };
  return { decision, rules: [{ rule: winner, wins: true, why: 'it decides' }, ...others] };
}

function whyNot(rule: Rule, winner: Rule | undefined): string {
  if (winner === undefined) return 'what forbids this stands above all rules';
  const difference = specificity(winner) - specificity(rule);
  if (difference > 0) return `less specific: it names ${specificity(rule)}, the other ${specificity(winner)}`;
  const isDefault = winner.source === 'default';
  if (isDefault && !namesAllOf(rule, winner))
    return `it does not name what "${winner.text}" names, and is not stricter`;
  if (rule.source === 'default') return 'a default; yours comes first';
  if (STRICTNESS[winner.tier] > STRICTNESS[rule.tier]) return 'equally specific; the stricter one wins';
  return 'it says the same';
}

function verbOf(head: readonly string[]): { readonly verb: string; readonly rest: readonly string[] } {
  const taken = takeVerb(head);
  if (taken === undefined) {
    const text = head.join(' ');
    throw new OpsError(
      'invalid_input',
      `No tool has the verb "${text}".`,
      `Did you mean "${nearestVerb(text)}"? Verbs: ${Object.keys(VERBS).join(', ')}.`,
    );
  }
  if (FAMILIES.some((family) => family === taken.verb)) {
    const members = Object.keys(VERBS).filter((verb) => verb.startsWith(`${taken.verb} `));
    throw new OpsError(
      'invalid_input',
      `"${taken.verb}" is a family of verbs.`,
      `Ask for one of: ${members.join(', ')}.`,
    );
  }
  return taken;
}

function unknown(word: string): Kind {
  return { kind: word, group: '', names: [word.toLowerCase()] };
}

/** What holds for one tool, and which of the rules make exceptions from it. */
export interface TableRow extends ToolFacts {
  readonly tier: string;
  readonly exceptions: readonly string[];
}

export function policyTable(policy: Policy, tools: readonly ToolFacts[]): readonly TableRow[] {
  return tools.map((facts) => {
    const kind = VERBS[facts.verb]?.kinds?.[0];
    const found = kind === undefined ? undefined : findKind(kind);
    const { tier } = decide(policy, { server: facts.server, verb: facts.verb, ...(found && { kind: found }) });
    const narrower = [...policy.rules, ...policy.defaults].filter(
      (rule) =>
        rule.verb === facts.verb && rule.tier !== tier && (rule.namespace ?? rule.agent ?? rule.kind) !== undefined,
    );
    return { ...facts, tier, exceptions: [...new Set(narrower.map((rule) => `${rule.text}: ${rule.tier}`))] };
  });
}
