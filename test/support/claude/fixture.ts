import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClientHome, makeClientHome } from './client-home.ts';
import type { Scripts } from './script.ts';
import { type ScriptedModel, startScriptedModel } from './scripted-model.ts';

/** What the client needs to call the fixture server, and what server and hooks have seen. */
export interface Fixture {
  readonly at: ClientHome;
  readonly model: ScriptedModel;
  /** Registers the fixture server and allows its tools. */
  readonly args: readonly string[];
  /** What reached the server. */
  events(): Promise<readonly Record<string, unknown>[]>;
  /** The inputs of all hooks. */
  hooks(): Promise<readonly Record<string, unknown>[]>;
  remove(): Promise<void>;
}

/** An agent that has the fixture server's tools only. */
const HELPER = '---\nname: helper\ndescription: Helps.\ntools: mcp__fixture__*\nmodel: sonnet\n---\nYou help.\n';
const HOOKED = ['PreToolUse', 'PostToolUse', 'PostToolUseFailure'];

export async function makeFixture(scripts: Scripts): Promise<Fixture> {
  const at = await makeClientHome();
  const model = await startScriptedModel(scripts);
  const [calls, inputs] = [join(at.home, 'calls.jsonl'), join(at.home, 'hooks.jsonl')];
  await writeHooks(at, inputs);
  await writeFile(join(at.claude, 'agents', 'helper.md'), HELPER);
  const server = { command: process.execPath, args: [join(import.meta.dirname, 'fixture-server.ts'), calls] };
  const mcpConfig = JSON.stringify({ mcpServers: { fixture: server } });
  return {
    at,
    model,
    args: ['--mcp-config', mcpConfig, '--allowedTools', 'mcp__fixture'],
    events: () => readLines(calls),
    hooks: () => readLines(inputs),
    remove: async () => {
      await model.stop();
      await at.remove();
    },
  };
}

async function writeHooks({ claude }: ClientHome, log: string): Promise<void> {
  // The client wants one shell string.
  const command = [process.execPath, join(import.meta.dirname, 'fixture-hook.ts'), log]
    .map((part) => `'${part}'`)
    .join(' ');
  const hooks = HOOKED.map((event) => [event, [{ matcher: '*', hooks: [{ type: 'command', command }] }]]);
  await writeFile(join(claude, 'settings.json'), JSON.stringify({ hooks: Object.fromEntries(hooks) }));
}

/** The JSON lines of a file; none while it is not there yet. */
export async function readLines(path: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
