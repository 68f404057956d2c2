import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guard } from '../../claude-config/hooks/guard.ts';
import { protect } from '../../claude-config/hooks/protected.ts';
import { recordCall } from '../../claude-config/hooks/record.ts';
import { identifyFrom } from '../../shared/tool/identity.ts';

const hook = join(import.meta.dirname, '../../claude-config/hooks/main.ts');
const DAY = 24 * 60 * 60 * 1000;

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'guard-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real file with Node, as Claude Code does. */
function run(stdin: string | undefined, folder = home): Promise<Ran> {
  const child = spawn(process.execPath, [hook, '--home', folder], {
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => (output.stdout += chunk));
  child.stderr?.on('data', (chunk) => (output.stderr += chunk));
  child.stdin?.end(stdin);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...output })));
}

const event = (tool_name: string, tool_input: object, more: object = {}) => ({
  hook_event_name: 'PreToolUse',
  session_id: 'session-1',
  cwd: home,
  tool_name,
  tool_input,
  tool_use_id: 'toolu_01',
  ...more,
});

describe('the guard hook as a process', () => {
  it('says nothing about an ordinary call', async () => {
    expect(await run(JSON.stringify(event('Bash', { command: 'ls' })))).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('denies in the shape that Claude Code reads', async () => {
    const { code, stdout } = await run(JSON.stringify(event('Bash', { command: 'kubectl get pods' })));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        permissionDecision: 'deny',
        permissionDecisionReason: expect.stringContaining('mcp__kubectl__get'),
      },
    });
  });

  it.each([
    ['broken JSON', '{"tool_name": '],
    ['empty input', ''],
    ['no standard input', undefined],
    ['JSON that is no event', '[]'],
    ['a Bash call without a command', '{"tool_name":"Bash","tool_input":{}}'],
    ['an edit without a file', '{"tool_name":"Edit","tool_input":{}}'],
    ['a call of ours without an id', '{"tool_name":"mcp__kubectl__get","tool_input":{}}'],
    ['an id that would leave the folder', '{"tool_name":"mcp__kubectl__get","tool_use_id":"../../x","tool_input":{}}'],
  ])('blocks on %s', async (_, stdin) => {
    const { code, stderr } = await run(stdin);
    expect(code).toBe(2);
    expect(stderr).toMatch(/guard hook failed, so this call is blocked: .+/);
  });

  it('blocks a call of ours when it cannot write down who made it', async () => {
    writeFileSync(join(home, 'k8s-agent'), 'a file where the folder should be');
    expect((await run(JSON.stringify(event('mcp__kubectl__get', {})))).code).toBe(2);
  });

  it('writes down the agent where the server finds it', async () => {
    await run(JSON.stringify(event('mcp__kubectl__get', {}, { agent_type: 'k8s-diagnostician', agent_id: 'a1' })));
    const calls = join(home, 'k8s-agent/calls');
    expect(identifyFrom(calls)('toolu_01')).toEqual({ agent: 'k8s-diagnostician', session: 'session-1' });
    expect(statSync(join(calls, 'toolu_01.json')).mode & 0o777).toBe(0o600);
  });
});

describe('the record of a call', () => {
  it('names the main thread main', () => {
    recordCall(event('mcp__kubectl__get', {}), home, 0);
    expect(JSON.parse(readFileSync(join(home, 'toolu_01.json'), 'utf8'))).toEqual({
      agent: 'main',
      session: 'session-1',
    });
  });

  it("is not made for another server's tools", () => {
    recordCall(event('mcp__github__get', {}), join(home, 'calls'), 0);
    expect(statSync(join(home, 'calls'), { throwIfNoEntry: false })).toBeUndefined();
  });

  it('is removed after a day, once there are many', () => {
    const now = Date.now();
    for (let i = 0; i < 201; i += 1) writeFileSync(join(home, `old-${i}.json`), '{}');
    utimesSync(join(home, 'old-7.json'), new Date(now - 2 * DAY), new Date(now - 2 * DAY));
    recordCall(event('mcp__kubectl__get', {}), home, now);
    expect(statSync(join(home, 'old-7.json'), { throwIfNoEntry: false })).toBeUndefined();
    expect(statSync(join(home, 'old-8.json'), { throwIfNoEntry: false })).toBeDefined();
  });
});

describe('an edit of what belongs to this system is refused', () => {
  const judge = (tool: string, input: object) =>
    guard(event(tool, input), { protection: protect(join(home, '.claude'), '/opt/dist'), variables: {} });
  const inside = (path: string) => join(home, '.claude', path);

  it.each([
    'settings.json',
    'settings.local.json',
    'k8s-agent.yaml',
    'agents/k8s-diagnostician.md',
    'skills/x/SKILL.md',
    'commands/x.md',
    'plugins/x/hooks/hooks.json',
    'workflows/health/check.yaml',
    'domains/research/agents/researcher.md',
    'hooks/x.sh',
    'logs/actions/2026-11-24-actions.jsonl',
    'k8s-agent/approver.json',
    'k8s-agent/calls/toolu_01.json',
  ])('%s', async (path) => {
    for (const tool of ['Edit', 'Write', 'MultiEdit']) {
      expect(await judge(tool, { file_path: inside(path) })).toContain('No configuration lifts this');
    }
    expect(await judge('NotebookEdit', { notebook_path: inside(path) })).toContain('No configuration lifts this');
  });

  it('when the path is relative, or climbs', async () => {
    expect(await judge('Write', { file_path: '.claude/settings.json' })).toBeDefined();
    expect(await judge('Write', { file_path: join(home, 'a/b/../../.claude/x/../settings.json') })).toBeDefined();
  });

  it('when a symbolic link leads there', async () => {
    mkdirSync(inside('logs'), { recursive: true });
    symlinkSync(join(home, '.claude'), join(home, 'innocent'));
    expect(await judge('Write', { file_path: join(home, 'innocent/settings.json') })).toBeDefined();
    expect(await judge('Write', { file_path: join(home, 'innocent/logs/new.jsonl') })).toBeDefined();
  });

  it('when the Claude folder is itself a symbolic link', async () => {
    mkdirSync(join(home, 'dotfiles'));
    symlinkSync(join(home, 'dotfiles'), join(home, '.claude'));
    expect(await judge('Write', { file_path: join(home, 'dotfiles/settings.json') })).toBeDefined();
  });

  // Their lines that begin with an exclamation mark run in a shell before any hook is asked (seen with Claude Code 2.1.330).
  it.each(['skills/x/SKILL.md', 'commands/x.md', 'agents/x.md'])('in a project, too: .claude/%s', async (path) => {
    expect(await judge('Write', { file_path: join(home, 'project/.claude', path) })).toContain('run past this guard');
  });

  it('and nothing else is', async () => {
    for (const path of ['CLAUDE.md', 'output-styles/x.md', 'settings.json.bak']) {
      expect(await judge('Write', { file_path: inside(path) })).toBeUndefined();
    }
    expect(await judge('Write', { file_path: join(home, 'project/settings.json') })).toBeUndefined();
    expect(await judge('Read', { file_path: inside('settings.json') })).toBeUndefined();
  });
});

describe('a tool that carries a command', () => {
  it('is read like Bash, whatever its name', async () => {
    const context = { protection: protect(home, '/opt/dist'), variables: {} };
    expect(await guard(event('Monitor', { command: 'kubectl get pods -w' }), context)).toContain('kubectl');
  });
});
