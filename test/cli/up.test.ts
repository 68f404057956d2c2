import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, it, onTestFinished, vi } from 'vitest';
import { answersForPerson } from '../../claude-config/hooks/programs.ts';
import { type Paths, pathsIn } from '../../shared/kernel/paths.ts';
import { tempFolder } from '../support/gate-rig.ts';

const FIXTURE = fileURLToPath(new URL('./fixture-up.ts', import.meta.url));
const PATIENCE = { timeout: 60_000 };

// Programs of their own take long to start while other suites use both cores.
vi.setConfig({ testTimeout: 120_000 });

interface Given {
  readonly paths?: Paths;
  readonly port?: string;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** `k8s-agent up` without a terminal, with a daemon that does nothing. It ends with the test. */
function startUp({ paths = pathsIn(tempFolder()), port = '0', flags = [], env = {} }: Given = {}) {
  const process_ = execa(process.execPath, [FIXTURE, port, ...flags], {
    env: { PATH: '/usr/bin:/bin', HOME: paths.home, K8S_AGENT_HOME: paths.home, ...env },
    ...{ extendEnv: false, all: true, reject: false, stdin: 'ignore' },
  });
  let output = '';
  process_.all.on('data', (text) => {
    output += String(text);
  });
  onTestFinished(async () => {
    // Twice, for one that drains: its dashboard ends with it.
    process_.kill('SIGTERM');
    setTimeout(() => process_.kill('SIGTERM'), 500);
    await process_;
  });
  const said = (what: string | RegExp) => vi.waitFor(() => expect(output).toMatch(what), PATIENCE);
  const url = async () => {
    await said('The dashboard is at');
    return /The dashboard is at (\S+)/.exec(output)?.[1] ?? '';
  };
  return { process: process_, paths, said, url, output: () => output };
}

const answers = async (url: string) => (await fetch(`${url}/healthz`)).status;
const dashboardPid = ({ state }: Paths): number => JSON.parse(readFileSync(join(state, 'dashboard.json'), 'utf8')).pid;

it('serves the dashboard before the daemon begins, and tells it where', async () => {
  const { url, said, output } = startUp();
  const address = await url();
  expect(await answers(address)).toBe(200);
  await said(`daemon: ${address} ${address}`);
  expect(output().indexOf('The dashboard is at')).toBeLessThan(output().indexOf('daemon:'));
  // The first login is for a person at a terminal, and this is none.
  await said('k8s-agent dashboard link');
  expect(output()).not.toContain('/setup/');
});

it('writes each event on one line with its time, a problem with its remedy once', async () => {
  const problems = [{ what: 'No agent can work.', remedy: 'Set ANTHROPIC_API_KEY.' }];
  const { said, output } = startUp({ flags: ['--no-dashboard'], env: { FIXTURE_VIEW: JSON.stringify({ problems }) } });
  await said('No agent can work. Set ANTHROPIC_API_KEY.');
  for (const line of output().trim().split('\n'))
    expect(line).toMatch(/^2\d{3}-\d\d-\d\dT[\d:.]+Z (info|warn|bad ) \S/);
});

it('touches a file of its own while the daemon lives', async () => {
  const { paths, said } = startUp({ flags: ['--no-dashboard'] });
  await said('daemon:');
  const alive = await vi.waitFor(() => statSync(join(paths.state, 'daemon.alive')), PATIENCE);
  expect(alive.mode & 0o777).toBe(0o600);
  expect(Math.abs(Date.now() - alive.mtimeMs)).toBeLessThan(10_000);
});

it('drains after the first signal, says for what and how long, and ends well with its dashboard', async () => {
  const runs = [{ run: 'run-1', workflow: 'pod-crashloop', step: 'fix', doing: 'agent', since: 0 }];
  const env = { FIXTURE_DRAIN: '1500', FIXTURE_VIEW: JSON.stringify({ runs }) };
  const { process, url, said } = startUp({ env });
  const address = await url();
  await said('daemon:');
  process.kill('SIGTERM');
  await said(/Stopping: waits for .*(59|60) s left/);
  expect(await answers(address)).toBe(200);
  expect((await process).exitCode).toBe(0);
  await expect(answers(address)).rejects.toThrow('fetch failed');
});

it('ends at once with the second signal', async () => {
  const { process, said } = startUp({ flags: ['--no-dashboard'], env: { FIXTURE_DRAIN: '600000' } });
  await said('daemon:');
  const again = setInterval(() => process.kill('SIGTERM'), 200);
  expect((await process).exitCode).toBe(143);
  clearInterval(again);
  await said('Stopping');
});

it('takes what comes at the same time for one signal, as when npm passes a Ctrl+C on', async () => {
  const { process, said } = startUp({ flags: ['--no-dashboard'], env: { FIXTURE_DRAIN: '1000' } });
  await said('daemon:');
  process.kill('SIGINT');
  // Two of the same could be one already for the system.
  process.kill('SIGTERM');
  expect((await process).exitCode).toBe(0);
});

it('starts a dashboard that has ended again, where it was', async () => {
  const { paths, url, said } = startUp();
  const address = await url();
  await said('daemon:');
  process.kill(dashboardPid(paths), 'SIGKILL');
  await said('The dashboard has ended (SIGKILL) and is started again in 1s.');
  await vi.waitFor(async () => expect(await answers(address)).toBe(200), PATIENCE);
});

it('goes on without a dashboard where another program has its port, and says so', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? `${address?.port}` : '';
  const { said } = startUp({ port });
  await said(`Port ${port} is taken by another program, so there is no dashboard. End that program, or choose`);
  await said('daemon: undefined undefined');
});

it('says once why the dashboard does not start, however often it is tried', async () => {
  const { said, output } = startUp({ env: { SESSION_HOURS: 'many' } });
  await said(
    /warn The dashboard has ended \(exit code 1\): SESSION_HOURS: “many” is no whole number .* It is started again/,
  );
  await said('daemon: undefined undefined');
  expect(output().match(/SESSION_HOURS/g)).toHaveLength(1);
});

it('uses the dashboard that another one runs on this machine', async () => {
  const first = startUp();
  const address = await first.url();
  const second = startUp({ paths: first.paths, port: new URL(address).port });
  await second.said(`The dashboard of another k8s-agent is used: it has port ${new URL(address).port}.`);
  await second.said(`daemon: ${address} ${address}`);
  expect(await answers(address)).toBe(200);
});

it('starts no dashboard where the configuration names one on another machine, and says so', async () => {
  const paths = pathsIn(tempFolder());
  mkdirSync(paths.home, { recursive: true });
  writeFileSync(paths.config, 'dashboard:\n  url: https://k8s-agent.example\n');
  const { said, output } = startUp({ paths });
  await said('The dashboard is at https://k8s-agent.example; none is started here.');
  await said('daemon: https://k8s-agent.example');
  expect(output()).not.toContain('127.0.0.1');
});

it('is nothing that an agent may start: in a terminal of its own it would read the link for the first login', () => {
  expect(answersForPerson(['k8s-agent', 'up'])).toBe(true);
  expect(answersForPerson(['k8s-agent', 'status'])).toBe(false);
});
