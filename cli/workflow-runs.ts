import { existsSync } from 'node:fs';
import { OpsError } from '../shared/kernel/errors.ts';
import type { Runs } from '../shared/workflow/runs.ts';
import type { Context } from './context.ts';

/** The runs of this machine, for as long as `use` runs. Their file is made where there is none. */
export async function withRuns<T>({ paths, clock, terminal }: Context, use: (runs: Runs) => Promise<T>): Promise<T> {
  // Loaded late: most commands need no database, and it must not be loaded before the version of Node.js is checked.
  const { openRuns } = await import('../shared/boot/runs.ts');
  const { runs, close } = openRuns(paths, clock, (message) => terminal.writeError(`${message}\n`));
  try {
    return await use(runs);
  } finally {
    close();
  }
}

/** The same to look only: undefined where nothing was ever stored, and no file is made. */
export async function withStoredRuns<T>(context: Context, use: (runs: Runs) => Promise<T>): Promise<T | undefined> {
  return existsSync(context.paths.database) ? withRuns(context, use) : undefined;
}

/** What a person types in Claude Code, so that a chat goes on with a run: the skill in claude-config/skills/workflow. */
export function resumePrompt(run: string): string {
  return `/workflow ${run}`;
}

export function unknownRun(run: string): OpsError {
  return new OpsError('not_found', `There is no run ${run}.`, 'List them: k8s-agent workflow status --all');
}
