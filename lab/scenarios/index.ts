import { diskFull } from './disk-full.ts';
import { badCommit, outOfSync, stuckSync } from './gitops.ts';
import { nodeDown, targetDown } from './nodes.ts';
import type { Scenario } from './scenario.ts';

/** What can be broken in a whole lab. The workload faults of `faults.ts` need no more than a cluster. */
export const scenarios = {
  'node-down': nodeDown,
  'target-down': targetDown,
  'disk-full': diskFull,
  'out-of-sync': outOfSync,
  'bad-commit': badCommit,
  'stuck-sync': stuckSync,
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;

export const SCENARIO_NAMES: readonly string[] = Object.keys(scenarios);

export function isScenario(name: string): name is ScenarioName {
  return SCENARIO_NAMES.includes(name);
}
