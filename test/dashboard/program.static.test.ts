import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { DASHBOARD_FLAGS } from '../../shared/boot/launch.ts';
import { build } from '../../tools/build.ts';
import { ask, Browser, bearer, PASSWORD } from '../support/dashboard.ts';
import { tempFolder } from '../support/gate-rig.ts';

const bundle = fileURLToPath(new URL('../../dist/test/dashboard/dashboard.js', import.meta.url));

beforeAll(() => build({ faultPoints: true, programs: ['dashboard'] }));

/** The program as the image starts it. */
function start(state: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [...DASHBOARD_FLAGS, bundle, ...args], {
    env: { PATH: '', PORT: '0', K8S_AGENT_STATE: state, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

async function printed({ stdout }: { readonly stdout: Readable }, pattern: RegExp): Promise<string> {
  let output = '';
  stdout.on('data', (chunk) => {
    output += chunk;
  });
  await vi.waitFor(() => expect(output).toMatch(pattern), { timeout: 20_000 });
  return pattern.exec(output)?.[0] ?? '';
}

it('serves, prints a link for the first login, and ends its streams on SIGTERM', async () => {
  const state = tempFolder();
  const child = start(state);
  const link = new URL(await printed(child, /http:\/\/127\.0\.0\.1:\d+\/setup\/\S+/));
  const browser = new Browser(link.origin);
  expect((await browser.post(link.pathname, { name: 'ada', password: PASSWORD })).status).toBe(303);
  expect((await browser.get('/')).text).toContain('ada');
  const create = start(state, ['token', 'create', 'laptop']);
  const [token = ''] = (await text(create.stdout)).split('\n');
  expect((await ask(`${link.origin}/api/approvals`, { headers: bearer(token) })).json).toEqual([]);
  const poll = ask(`${link.origin}/api/inbox?wait=50`, { headers: bearer(token) });
  await vi.waitFor(async () => expect((await ask(`${link.origin}/readyz`)).status).toBe(200));
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect((await poll).json).toEqual([]);
  expect(await ended).toEqual([0, null]);
  expect(existsSync(join(state, 'compile-cache'))).toBe(true);
});

it.each([
  [{ PORT: 'many' }, 'PORT: “many” is no whole number'],
  [{ PUBLIC_URL: 'dashboard.example' }, 'PUBLIC_URL: “dashboard.example” is not the address of a server'],
  [{ DATABASE_URL_FILE: '/nowhere' }, 'DATABASE_URL_FILE: its file cannot be read'],
  [{ OIDC_ISSUER: 'https://git.example' }, 'OIDC_CLIENT_ID: it is not set'],
  [{ OIDC_ISSUER: 'https://git.example', OIDC_CLIENT_ID: 'x' }, 'OIDC_APPROVERS: it is not set'],
])('does not start with %j', async (env, message) => {
  const child = start(tempFolder(), [], env);
  const [output, ended] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect(output).toContain(message);
  expect(ended).toEqual([1, null]);
});

it('says that its port is taken, and what to do', async () => {
  const first = start(tempFolder());
  const url = await printed(first, /http:\/\/127\.0\.0\.1:\d+/);
  const second = start(tempFolder(), [], { PORT: new URL(url).port });
  const [output, ended] = await Promise.all([text(second.stdout), once(second, 'exit')]);
  expect(output).toMatch(
    /cannot listen on port \d+ of 127\.0\.0\.1: another program has it .*\nChoose another one: PORT, or/,
  );
  expect(ended).toEqual([1, null]);
});
