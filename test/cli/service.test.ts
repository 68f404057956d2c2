import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../cli/program.ts';
import { ENVIRONMENT } from '../../cli/service/environment.ts';
import { unitText } from '../../cli/service/unit.ts';
import { configSchema } from '../../shared/config/schema.ts';
import { aPackage } from './machine.ts';

interface Systemd {
  /** Prefix of a command line that fails. */
  readonly fails?: string;
  readonly lingers?: boolean;
}

/** A machine with the product installed; its systemctl and loginctl write down what they are asked. */
async function aServiceMachine({ fails = 'nothing', lingers = false }: Systemd = {}) {
  const made = aPackage('', '');
  made.file('package/dist/dashboard/dashboard.js', '');
  const calls = join(made.folder, 'calls');
  const program = (name: string, answer: string) => {
    const said = `case "$*" in "--user --no-pager ${fails}"*) echo "Failed to do it" >&2; exit 1;; esac`;
    const script = `#!/bin/sh\nprintf '%s\\n' "${name} $*" >> '${calls}'\n${said}\n${answer}\n`;
    chmodSync(made.file(`bin/${name}`, script), 0o700);
  };
  program(
    'systemctl',
    `case "$*" in *ActiveState*) printf 'ActiveState=active\\nSubState=running\\nMainPID=7\\n';; esac`,
  );
  program('loginctl', `echo ${lingers ? 'yes' : 'no'}`);
  const machine = { ...made.machine, env: { PATH: `${made.folder}/bin:/usr/bin:/bin` } };
  expect(await runCli(['install', '--yes'], machine)).toBe(0);
  const cli = (...args: string[]) => runCli(['service', ...args], machine);
  const asked = () =>
    existsSync(calls) ? readFileSync(calls, 'utf8').trim().replaceAll('--user --no-pager ', '').split('\n') : [];
  const unit = join(made.folder, '.config/systemd/user/k8s-agent.service');
  return { ...made, machine, cli, asked, unit, env: join(made.folder, '.claude/k8s-agent/daemon.env') };
}

describe('service install', () => {
  it('writes a unit, and has systemd read, enable and start it', async () => {
    const { cli, asked, unit, output, machine } = await aServiceMachine();
    expect(await cli('install')).toBe(0);
    expect(asked()).toEqual([
      'systemctl show --property=Version --value',
      'systemctl daemon-reload',
      'systemctl enable --now k8s-agent.service',
      'loginctl show-user --property=Linger --value -- ada',
    ]);
    const text = readFileSync(unit, 'utf8');
    expect(text).toContain(`ExecStart=:"${machine.node}" "${machine.root}/dist/k8s-agent.js" "--home"`);
    expect(text).toMatch(/"up"$/m);
    expect(output()).toContain(`wrote ${unit}`);
    expect(output()).toContain('loginctl enable-linger ada');
  });

  it('leaves a place for credentials that nobody else reads, with none in it', async () => {
    const { cli, env, output } = await aServiceMachine({ lingers: true });
    await cli('install');
    expect(statSync(env).mode & 0o777).toBe(0o600);
    const lines = readFileSync(env, 'utf8').split('\n');
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
    expect(lines).toContain('#ANTHROPIC_API_KEY=');
    expect(output()).not.toContain('enable-linger');
    writeFileSync(env, 'ANTHROPIC_API_KEY=mine\n');
    await cli('install');
    expect(readFileSync(env, 'utf8')).toBe('ANTHROPIC_API_KEY=mine\n');
  });

  it('starts a running service anew where its unit has changed, and only then', async () => {
    const { cli, asked } = await aServiceMachine();
    await cli('install');
    await cli('install');
    expect(asked().filter((call) => call.includes('restart'))).toEqual([]);
    await cli('install', '--no-dashboard');
    expect(asked().filter((call) => call.includes('restart'))).toEqual(['systemctl restart k8s-agent.service']);
  });

  it.each([['no systemd', { PATH: '/nowhere' }, 'There is no systemd on this machine. Nothing was changed.']])(
    'says so where there is %s, and writes nothing',
    async (_, env, text) => {
      const { machine, unit, env: file, output } = await aServiceMachine();
      expect(await runCli(['service', 'install'], { ...machine, env })).toBe(1);
      expect(output()).toContain(text);
      expect([existsSync(unit), existsSync(file)]).toEqual([false, false]);
    },
  );

  it('says so where the user’s manager does not answer, and writes nothing', async () => {
    const { cli, unit, env, output } = await aServiceMachine({ fails: 'show' });
    expect(await cli('install')).toBe(1);
    expect(output()).toMatch(
      /manager of ada does not answer: Failed to do it\. Nothing was changed\.\n.*enable-linger ada/,
    );
    expect([existsSync(unit), existsSync(env)]).toEqual([false, false]);
  });

  it('takes a unit out again that systemd does not start', async () => {
    const { cli, unit, env, asked, output } = await aServiceMachine({ fails: 'enable' });
    expect(await cli('install')).toBe(1);
    expect(output()).toContain('systemctl --user enable --now k8s-agent.service failed: Failed to do it');
    expect([existsSync(unit), existsSync(env)]).toEqual([false, false]);
    expect(asked().slice(-2)).toEqual(['systemctl disable k8s-agent.service', 'systemctl daemon-reload']);
  });

  it('puts the unit of before back where the new one does not start', async () => {
    const { cli, unit } = await aServiceMachine({ fails: 'restart' });
    await cli('install');
    const before = readFileSync(unit, 'utf8');
    expect(await cli('install', '--no-dashboard')).toBe(1);
    expect(readFileSync(unit, 'utf8')).toBe(before);
  });

  it('does not touch a unit of somebody else', async () => {
    const { cli, file, asked, output } = await aServiceMachine();
    const unit = file('.config/systemd/user/k8s-agent.service', '[Service]\nExecStart=/usr/bin/true\n');
    expect([await cli('install'), await cli('uninstall'), await cli('status')]).toEqual([1, 1, 1]);
    expect(output()).toContain('was not written by k8s-agent service install');
    expect(readFileSync(unit, 'utf8')).toContain('/usr/bin/true');
    expect(asked()).toEqual([]);
  });

  it('needs an install first', async () => {
    const made = aPackage('', '');
    made.file('package/dist/dashboard/dashboard.js', '');
    expect(await runCli(['service', 'install'], made.machine)).toBe(1);
    expect(made.output()).toContain('First: k8s-agent install');
  });
});

describe('service uninstall', () => {
  it('stops the service and takes out what install wrote', async () => {
    const { cli, unit, env, asked } = await aServiceMachine();
    await cli('install');
    expect(await cli('uninstall')).toBe(0);
    expect(asked().slice(-2)).toEqual(['systemctl disable --now k8s-agent.service', 'systemctl daemon-reload']);
    expect([existsSync(unit), existsSync(env)]).toEqual([false, false]);
  });

  it('leaves credentials that somebody has written down', async () => {
    const { cli, env, output } = await aServiceMachine();
    await cli('install');
    writeFileSync(env, `${ENVIRONMENT}GITEA_TOKEN=mine\n`);
    await cli('uninstall');
    expect(readFileSync(env, 'utf8')).toContain('GITEA_TOKEN=mine');
    expect(output()).toContain('it has your credentials');
  });

  it('has nothing to do where nothing is', async () => {
    const { cli, output } = await aServiceMachine();
    expect(await cli('uninstall')).toBe(0);
    expect(output()).toContain('The service is not installed.');
  });
});

it('service status tells how it is, where its log is, and who else reads its credentials', async () => {
  const { cli, env, output } = await aServiceMachine();
  expect(await cli()).toBe(1);
  await cli('install');
  chmodSync(env, 0o644);
  expect(await cli('status')).toBe(0);
  expect(output()).toContain('k8s-agent.service is active (running)');
  expect(output()).toContain('journalctl --user -u k8s-agent');
  expect(output()).toContain('others can read it: chmod 600');
});

describe('the unit', () => {
  /** Folders as nobody should have them. */
  const ODD = `an $ODD 100% "folder" 'of' \\back\\slashes; #1 ümläut`;

  async function oddUnit(config: object = {}) {
    const { machine, context, file, folder } = await aServiceMachine();
    const root = join(folder, ODD);
    const node = file('an $ODD 100% folder/node', '#!/bin/sh\n');
    chmodSync(node, 0o700);
    file(`${ODD}/cli/main.ts`, '');
    const paths = { ...context.paths, home: join(root, 'claude'), state: join(root, 'state') };
    const settings = configSchema.parse(config);
    const text = unitText({ ...context, ...machine, root, node, paths }, settings, { dashboard: false });
    return { text, folder, unit: file('k8s-agent.service', text) };
  }

  it('gives a drain its time, and each step its memory', async () => {
    const { text } = await oddUnit({ daemon: { drain: 300, agents: 4 } });
    expect(text).toContain('TimeoutStopSec=330s');
    expect(text).toContain('MemoryMax=5G');
  });

  it.each([
    [{ root: '/a\nb' }, 'control character'],
    [{ node: '/a "b"/node' }, 'a quote or a backslash'],
  ])('refuses a path that no unit can name: %j', async (change, text) => {
    const { context, machine } = await aServiceMachine();
    const broken = { ...context, ...machine, ...change };
    expect(() => unitText(broken, configSchema.parse({}), { dashboard: true })).toThrow(text);
  });

  it('is one that systemd takes without a word, whatever our folders are called', async ({ skip }) => {
    const { unit, folder } = await oddUnit();
    const { stderr, exitCode, code } = await execa('systemd-analyze', ['--user', 'verify', unit], {
      env: { XDG_RUNTIME_DIR: folder },
      reject: false,
    });
    if (code === 'ENOENT') skip('systemd-analyze is not installed: the unit was not looked at by systemd');
    // Of systemd 254, and passed over by older ones.
    const said = stderr.split('\n').filter((line) => line !== '' && !/'Restart(Steps|MaxDelaySec)'/.test(line));
    expect(said).toEqual([]);
    expect(exitCode).toBe(0);
  });
});
