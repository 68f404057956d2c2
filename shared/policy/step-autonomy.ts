import type { RunAutonomy } from './policy.ts';
import { parseRule } from './rules.ts';
import tools from './tools.gen.json' with { type: 'json' };

/** Every verb that changes something, whatever its tier. */
const CHANGING = [...new Set(tools.filter(({ effect }) => effect !== 'read').map(({ verb }) => verb))];

/**
 * The tiers of a run during a step with `confirm: true`: a person confirms every change, whatever the workflow
 * approves elsewhere. What is forbidden stays forbidden, since a run's rules never reach it.
 */
export function confirmingChanges(run: RunAutonomy): RunAutonomy {
  const kept = run.rules.filter(({ tier }) => tier !== 'safe');
  return { id: run.id, rules: [...kept, ...CHANGING.map((verb) => parseRule(verb, 'confirm', 'step confirm'))] };
}
