import { chmodSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runCli } from '../../cli/program.ts';
import { SqliteRunStore } from '../../shared/store/sqlite-runs.ts';
import { Runs } from '../../shared/workflow/runs.ts';
import { aMachine, type TestMachine } from './machine.ts';

export interface WorkflowMachine extends TestMachine {
  /** Runs one command and gives what it wrote. */
  k8sAgent(...args: string[]): Promise<{ readonly code: number; readonly output: string }>;
  /** Writes a file below the workflows' folder. */
  workflow(path: string, text: string): string;
  readonly runs: Runs;
}

/** A person's machine with the workflows that ship. */
export function aWorkflowMachine(given: Parameters<typeof aMachine>[0] = {}): WorkflowMachine {
  const made = aMachine(given);
  const { paths, root, clock } = made.context;
  cpSync(join(root, 'workflows'), paths.workflows, { recursive: true });
  const store = new SqliteRunStore(paths.database);
  onTestFinished(() => store.close());
  return {
    ...made,
    k8sAgent: async (...args) => {
      const before = made.output().length;
      return { code: await runCli(args, made.machine), output: made.output().slice(before) };
    },
    workflow: (path, text) => made.file(join('.claude/workflows', path), text),
    runs: new Runs(store, clock),
  };
}

/** A stand-in for the client, which writes down how it was started: its arguments, and the folder that it reads. */
export function fakeClaude(made: TestMachine, exitCode = 0): string {
  const heard = join(made.folder, 'heard');
  const script = `#!/bin/sh\nfor word in "$@" "$CLAUDE_CONFIG_DIR"; do printf '%s\\n' "$word"; done > '${heard}'\nexit ${exitCode}\n`;
  chmodSync(made.file('bin/claude', script), 0o755);
  return heard;
}

export const idIn = (text: string) => /run-\w{10}/.exec(text)?.[0] ?? 'no run';

/** A run of rollback-app, as `workflow run` starts it. */
export async function started(machine: WorkflowMachine): Promise<string> {
  return idIn((await machine.k8sAgent('workflow', 'run', 'rollback-app', '--input', 'app=shop')).output);
}
