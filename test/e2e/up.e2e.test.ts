import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, it, onTestFinished } from 'vitest';
import { binFolder } from '../daemon/agent-rig.ts';
import { type ClientHome, makeClientHome } from '../support/claude/client-home.ts';
import { openTerminal } from '../support/claude/terminal-exec.ts';
import { installClients } from '../support/clients/install-exec.ts';

const CLI = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const FIXTURE = fileURLToPath(new URL('../cli/fixture-up.ts', import.meta.url));

const { claude } = await installClients();

/** `k8s-agent up` on a machine where all is installed, in a terminal of its own. */
async function upInTerminal(env: Record<string, string>) {
  const at = await makeClientHome();
  await execa(process.execPath, [CLI, '--home', at.claude, 'install', '--yes'], {
    env: { HOME: at.home, PATH: '/usr/bin:/bin' },
    extendEnv: false,
  });
  return inTerminal(at, [CLI, '--home', at.claude, 'up', '--port', '0'], env);
}

/** A program of ours in a terminal of its own; the shell says how it ended. */
async function inTerminal(at: ClientHome, args: readonly string[], env: Record<string, string>) {
  // The terminal starts what stands where the client does, and tells it what it would tell the client.
  const program = join(at.home, 'up');
  // The shell says how it ended, and waits: what tmux writes of a dead pane does not always come.
  const script = `#!/bin/sh\n${[process.execPath, ...args].join(' ')}\necho "up ended with $?"\nread _\n`;
  writeFileSync(program, script, { mode: 0o700 });
  const path = `${binFolder(claude, at.home)}:/usr/bin:/bin`;
  const terminal = await openTerminal({ claude: program, at, modelUrl: '', env: { PATH: path, ...env } });
  onTestFinished(async () => {
    await terminal.stop();
    await at.remove();
  });
  return terminal;
}

it('shows the dashboard, the first login and what agents lack, and comes to its end after Ctrl+C', async () => {
  const terminal = await upInTerminal({ ANTHROPIC_API_KEY: '' });
  const screen = await terminal.waitFor('There are no credentials for Claude.', 60_000);
  expect(screen).toMatch(/^k8s-agent {2}leads {2}\$0\.00 of \$25\.00 today/m);
  expect(screen).toMatch(/^dashboard {2}http:\/\/127\.0\.0\.1:\d+$/m);
  expect(screen).toMatch(/Nobody can sign in yet\. Open this, once:\n {2}http:\/\/127\.0\.0\.1:\d+\/setup\/[\w-]+/);
  expect(screen).toMatch(/CLAUDE_CODE_OAUTH_TOKEN/);
  expect(screen).toMatch(/^Next\n {2}\d\d:\d\d:\d\d {2}cluster-health-check/m);
  const url = /dashboard {2}(\S+)/.exec(screen)?.[1] ?? '';
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  await terminal.press('C-c');
  expect(await terminal.waitFor('up ended with', 60_000)).toMatch(/Stopped\.[\s\S]*up ended with 0/);
});

it('is alone in hearing Ctrl+C without the view, too: the dashboard stays until what runs has ended', async () => {
  const env = { FIXTURE_DRAIN: '5000' };
  const terminal = await inTerminal(await makeClientHome(), [FIXTURE, '0', '--no-view'], env);
  const [, url = ''] = /The dashboard is at (\S+)/.exec(await terminal.waitFor(/daemon: http/, 60_000)) ?? [];
  await terminal.press('C-c');
  await terminal.waitFor('Stopping: waits');
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const screen = await terminal.waitFor('up ended with', 60_000);
  expect(screen).toContain('up ended with 0');
  expect(screen).not.toContain('SIGINT');
});
