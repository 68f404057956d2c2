import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { expect, it, onTestFinished, vi } from 'vitest';
import { contextFor } from '../../cli/context.ts';
import { installLayout } from '../../cli/install/install.ts';
import { installService, serviceStatus, uninstallService } from '../../cli/service/service.ts';
import { aPackage } from './machine.ts';

const SYSTEMD = '/lib/systemd/systemd';

/** What takes the place of Node.js: it writes down what it was given, and ends when it is asked to. */
const PROGRAM = `#!/bin/sh
printf '%s\\n' "$@" > "$K8S_AGENT_TEST_FOLDER/arguments"
env > "$K8S_AGENT_TEST_FOLDER/environment"
touch /usr/k8s-agent-was-here 2> "$K8S_AGENT_TEST_FOLDER/usr"
trap 'echo ended > "$K8S_AGENT_TEST_FOLDER/end"; exit 0' TERM
while :; do sleep 0.05; done
`;

function aScript(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o700);
}

/**
 * A user's service manager of its own. It only starts where systemd seems to be the init, so it is shown a folder that
 * nobody else sees; systemctl looks for the same, and is sent there.
 */
async function aManager(folder: string): Promise<NodeJS.ProcessEnv> {
  const bin = join(folder, 'bin');
  const env = { PATH: `${bin}:/usr/bin:/bin`, HOME: folder, XDG_RUNTIME_DIR: join(folder, 'run') };
  mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 });
  const seems = 'mount -t tmpfs tmpfs /run/systemd && mkdir /run/systemd/system && exec "$0" --user';
  const running = execa('unshare', ['--mount', 'sh', '-c', seems, SYSTEMD], {
    ...{ env, extendEnv: false, reject: false, stdin: 'ignore', forceKillAfterDelay: 5_000 },
  });
  aScript(join(bin, 'systemctl'), `#!/bin/sh\nexec nsenter --target ${running.pid} --mount /usr/bin/systemctl "$@"\n`);
  onTestFinished(async () => {
    running.kill('SIGTERM');
    await running;
  });
  await vi.waitFor(async () => expect((await systemctl(env, 'is-system-running')).stdout).toMatch(/running|degraded/), {
    timeout: 20_000,
    interval: 100,
  });
  return env;
}

const systemctl = (env: NodeJS.ProcessEnv, ...args: string[]) =>
  execa('systemctl', ['--user', ...args], { env, extendEnv: false, reject: false, stdin: 'ignore' });

const canStart =
  process.getuid?.() === 0 &&
  !(await execa(SYSTEMD, ['--version'], { reject: false, stdin: 'ignore' })).failed &&
  !(await execa('unshare', ['--mount', 'true'], { reject: false, stdin: 'ignore' })).failed;

it('runs under a real systemd, from folders with odd names, and may write to its own only', async ({ skip }) => {
  if (!canStart) skip('systemd is not installed, or this is not root: only what is asked of systemctl was tested');
  // Not in /tmp: a service has one of its own.
  const folder = mkdtempSync(join(homedir(), '.k8s-agent-systemd-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const env = await aManager(folder);
  const made = aPackage('', '');
  const root = join(folder, `a $HOME 100% "root" 'of' \\back\\slashes; #1`);
  const node = join(folder, 'a $HOME 100% folder/node');
  for (const file of [node, join(root, 'cli/main.ts')]) aScript(file, PROGRAM);
  const home = join(folder, 'a $HOME 100% "home"');
  installLayout(contextFor({ ...made.machine, homeFolder: folder }, home));
  const context = contextFor(
    { ...made.machine, homeFolder: folder, env, node, root, person: userInfo().username },
    home,
  );
  writeFileSync(join(context.paths.state, 'daemon.env'), `K8S_AGENT_TEST_FOLDER='${home}'\n`, { mode: 0o600 });
  await installService(context, { dashboard: false });
  const read = (name: string) => readFileSync(join(home, name), 'utf8');
  await vi.waitFor(() => expect(read('usr')).toContain('Read-only file system'), 10_000);
  expect(read('arguments').split('\n')).toEqual([
    join(root, 'cli/main.ts'),
    ...['--home', home, 'up', '--no-dashboard', ''],
  ]);
  expect(read('environment')).toContain(`PATH=${env.PATH}\n`);
  const status = await serviceStatus(context);
  expect(status).toMatchObject({ isActive: true, lines: expect.arrayContaining([expect.stringContaining('enabled')]) });
  await uninstallService(context);
  expect(read('end')).toBe('ended\n');
  expect(await systemctl(env, 'is-enabled', 'k8s-agent.service')).toMatchObject({ failed: true });
});
