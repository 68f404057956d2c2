import { z } from 'zod';
import { OpsError } from '../kernel/errors.ts';
import { parseRule, type Rule } from './rules.ts';
import { covers, FAMILIES, VERBS } from './verbs.ts';

/** `autonomy` in `~/.claude/settings.json`, as the seed writes it. */
const autonomySchema = z.strictObject({
  safe_actions: z.array(z.string()).default([]),
  confirm_actions: z.array(z.string()).default([]),
  forbidden_actions: z.array(z.string()).default([]),
  /** What to do with a live change that Argo CD would revert. */
  gitops: z.enum(['refuse', 'warn']).default('refuse'),
});

/** The tiers of a workflow file: it may move confirm to safe and safe to confirm, and nothing else. */
const workflowAutonomySchema = z.strictObject({
  auto_approve: z.array(z.string()).default([]),
  always_confirm: z.array(z.string()).default([]),
});

export interface Policy {
  /** The user's rules. */
  readonly rules: readonly Rule[];
  /** What holds where the user's rules say nothing. */
  readonly defaults: readonly Rule[];
  readonly gitops: 'refuse' | 'warn';
}

/** The run that a call belongs to, with its workflow's own tiers. */
export interface RunAutonomy {
  readonly id: string;
  readonly rules: readonly Rule[];
}

const DEFAULT_RULES: readonly Rule[] = [
  ...Object.entries(VERBS)
    .filter(([verb]) => !FAMILIES.some((family) => covers(family, verb)))
    .map(([verb, { tier }]) => parseRule(verb, tier, 'default')),
  ...FAMILIES.map((family) => parseRule(family, 'confirm', 'default')),
  parseRule('delete node', 'forbidden', 'default'),
];

/** Reads the `autonomy` value of the user's settings; undefined means the defaults. */
export function parsePolicy(autonomy: unknown): Policy {
  const parsed = autonomySchema.safeParse(autonomy ?? {});
  if (!parsed.success) {
    throw new OpsError(
      'policy_invalid',
      `autonomy: ${z.prettifyError(parsed.error)}`,
      `Valid keys: ${Object.keys(autonomySchema.shape).join(', ')}.`,
    );
  }
  const { safe_actions, confirm_actions, forbidden_actions, gitops } = parsed.data;
  const rules = [
    ...safe_actions.map((text) => parseRule(text, 'safe', 'autonomy.safe_actions')),
    ...confirm_actions.map((text) => parseRule(text, 'confirm', 'autonomy.confirm_actions')),
    ...forbidden_actions.map((text) => parseRule(text, 'forbidden', 'autonomy.forbidden_actions')),
  ];
  return { rules, defaults: DEFAULT_RULES, gitops };
}

export const DEFAULT_POLICY: Policy = parsePolicy(undefined);

export function parseRunAutonomy(id: string, autonomy: unknown): RunAutonomy {
  const { auto_approve, always_confirm } = workflowAutonomySchema.parse(autonomy ?? {});
  return {
    id,
    rules: [
      ...auto_approve.map((text) => parseRule(text, 'safe', 'workflow auto_approve')),
      ...always_confirm.map((text) => parseRule(text, 'confirm', 'workflow always_confirm')),
    ],
  };
}
