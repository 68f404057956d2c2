import picomatch from 'picomatch';
import type { Action } from '../kernel/action.ts';
import { OpsError } from '../kernel/errors.ts';
import { covers, impossibleKind, nearestVerb, type Tier, takeVerb, VERBS } from './verbs.ts';

/** A line of policy: `<verb> [<kind>] [in <namespace glob>] [by <agent>]`. */
export interface Rule {
  /** As the user wrote it. */
  readonly text: string;
  readonly tier: Tier;
  /** Where it stands, for messages: `autonomy.confirm_actions`. */
  readonly source: string;
  readonly verb: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly agent?: string;
}

/** Parses a rule. Spaces, hyphens and underscores between words are the same. */
export function parseRule(text: string, tier: Tier, source: string): Rule {
  const { head, namespace, agent } = splitQualifiers(text);
  const taken = takeVerb(head);
  if (taken === undefined) {
    const nearest = nearestVerb(head.join(' '));
    throw bad(
      text,
      source,
      `no tool has the verb "${head.join(' ')}"`,
      `Did you mean "${nearest}"? Verbs: ${verbList()}.`,
    );
  }
  const [kind, ...extra] = taken.rest;
  if (extra.length > 0) {
    throw bad(
      text,
      source,
      `"${extra.join(' ')}" is not understood`,
      'A rule reads: <verb> [<kind>] [in <namespace glob>] [by <agent>].',
    );
  }
  const impossible = kind === undefined ? undefined : impossibleKind(taken.verb, kind);
  if (impossible !== undefined) throw bad(text, source, 'no tool could ever match it', `${impossible}.`);
  return {
    text,
    tier,
    source,
    verb: taken.verb,
    ...(kind && { kind }),
    ...(namespace && { namespace }),
    ...(agent && { agent }),
  };
}

/** How many words a rule names: the more specific rule wins. */
export function specificity(rule: Rule): number {
  const named = [rule.kind, rule.namespace, rule.agent].filter((part) => part !== undefined);
  return rule.verb.split(' ').length + named.length;
}

export function matches(rule: Rule, action: Action, agent: string | undefined): boolean {
  return (
    covers(rule.verb, action.verb) &&
    (rule.kind === undefined || namesOf(action).includes(rule.kind)) &&
    (rule.namespace === undefined || inNamespace(rule.namespace, action.namespace)) &&
    (rule.agent === undefined || rule.agent === agent)
  );
}

/** Whether `rule` names everything that `other` names, so that its author had the case of `other` in mind. */
export function namesAllOf(rule: Rule, other: Rule): boolean {
  const same = (a: string | undefined, b: string | undefined) => b === undefined || a === b;
  return (
    covers(other.verb, rule.verb) &&
    (other.kind === undefined || rule.kind !== undefined) &&
    same(rule.agent, other.agent)
  );
}

function namesOf(action: Action): readonly string[] {
  return action.kind?.names ?? [];
}

function inNamespace(glob: string, namespace: string | undefined): boolean {
  return namespace !== undefined && picomatch.isMatch(namespace, glob);
}

interface Qualified {
  readonly head: readonly string[];
  readonly namespace?: string;
  readonly agent?: string;
}

/** Namespaces and agents keep their hyphens, so they are cut off before the words are split. */
export function splitQualifiers(text: string): Qualified {
  const match = /^(?<head>.*?)(?:\s+in\s+(?<namespace>\S+))?(?:\s+by\s+(?<agent>\S+))?$/i.exec(text.trim());
  const { head = '', namespace, agent } = match?.groups ?? {};
  const words = head
    .toLowerCase()
    .split(/[\s_-]+/)
    .filter(Boolean);
  return { head: words, ...(namespace && { namespace }), ...(agent && { agent }) };
}

function verbList(): string {
  return Object.keys(VERBS).join(', ');
}

function bad(text: string, source: string, what: string, hint: string): OpsError {
  return new OpsError('policy_invalid', `${source}: rule "${text}": ${what}.`, hint);
}
