import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Context, contextFor } from '../../cli/context.ts';
import { SERVERS } from '../../cli/install/wanted.ts';
import type { Machine } from '../../cli/machine.ts';

/** A person's machine in a folder of its own: nothing of the real one is read or written. */
export interface TestMachine {
  readonly machine: Machine;
  readonly context: Context;
  readonly folder: string;
  /** Everything that was written to the terminal. */
  output(): string;
  /** Writes a file below the person's home folder and returns its path. */
  file(path: string, text: string): string;
}

export const NOW = Date.parse('2026-11-24T12:00:00Z');

export function aMachine(given: { answers?: readonly string[]; interactive?: boolean } = {}): TestMachine {
  const folder = mkdtempSync(join(tmpdir(), 'k8s-agent-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  let written = '';
  const answers = [...(given.answers ?? [])];
  const write = (text: string) => {
    written += text;
  };
  const machine: Machine = {
    env: {},
    clock: { now: () => NOW },
    homeFolder: folder,
    person: 'ada',
    node: process.execPath,
    nodeVersion: process.versions.node,
    root: join(import.meta.dirname, '../..'),
    terminal: {
      write,
      writeError: write,
      isInteractive: given.interactive ?? false,
      askPassword: async () => answers.shift() ?? '',
    },
  };
  const file = (path: string, text: string) => {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  };
  return { machine, context: contextFor(machine, undefined), folder, output: () => written, file };
}

/** The same, with the published package in a folder of its own: `hook` and `server` stand in for the bundles. */
export function aPackage(hook: string, server: string, given: Parameters<typeof aMachine>[0] = {}): TestMachine {
  const made = aMachine(given);
  const root = join(made.folder, 'package');
  for (const part of ['claude-config/agents', 'claude-config/skills', 'workflows']) {
    cpSync(join(made.machine.root, part), join(root, part), { recursive: true });
  }
  made.file('package/package.json', '{"type":"module"}');
  made.file('package/dist/guard.js', hook);
  for (const name of SERVERS) made.file(`package/dist/${name}.js`, server);
  return { ...made, machine: { ...made.machine, root }, context: { ...made.context, root } };
}
