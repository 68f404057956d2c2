import { join, resolve } from 'node:path';
import { type Paths, pathsIn } from '../shared/kernel/paths.ts';
import type { Machine } from './machine.ts';

/** What a command works with: the machine, and the Claude folder that it is about. */
export interface Context extends Machine {
  readonly paths: Paths;
  /** Where Claude Code keeps the servers of user scope. */
  readonly claudeJson: string;
}

/** `home`: the .claude folder itself; else K8S_AGENT_HOME, CLAUDE_CONFIG_DIR, then ~/.claude. */
export function contextFor(machine: Machine, home: string | undefined): Context {
  const { env, homeFolder } = machine;
  const usual = join(homeFolder, '.claude');
  const folder = resolve(home ?? env.K8S_AGENT_HOME ?? env.CLAUDE_CONFIG_DIR ?? usual);
  // Claude Code 2.1 keeps .claude.json beside ~/.claude, and inside of a folder that CLAUDE_CONFIG_DIR names.
  const beside = folder === usual && env.CLAUDE_CONFIG_DIR === undefined;
  const claudeJson = beside ? join(homeFolder, '.claude.json') : join(folder, '.claude.json');
  return { ...machine, paths: pathsIn(folder), claudeJson };
}
