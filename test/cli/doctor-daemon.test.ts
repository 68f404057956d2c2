import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as checks from '../../cli/doctor/daemon.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { tempFolder } from '../support/gate-rig.ts';
import { replica } from '../support/replica.ts';
import { aMachine, type TestMachine } from './machine.ts';

/** Its configuration, and `SECRET` for a file of mode 0600 with this text. */
function configured(
  text: string,
  secret = 'https://discord.example/api/webhooks/1/s3cret',
): TestMachine & { secret: string } {
  const made = aMachine();
  const path = made.file('secret', secret);
  chmodSync(path, 0o600);
  made.file('.claude/k8s-agent.yaml', text.replaceAll('SECRET', path));
  return { ...made, secret: path };
}

const CHANNEL = 'notifications: { channels: [{ name: team, type: discord, webhook_file: SECRET }] }';

describe('doctor looks at notifications', () => {
  it('and says how many channels there are, or that there is none', async () => {
    expect(await checks.notifications(configured(CHANNEL).context)).toMatchObject({
      seen: expect.stringMatching(/^1 channel;/),
    });
    expect(await checks.notifications(aMachine().context)).toMatchObject({
      seen: expect.stringContaining('no channel'),
    });
  });

  it.each([
    ['a secret that is not there', CHANNEL.replace('SECRET', '/none/such'), undefined, /Channel team .*ENOENT/],
    ['one that is empty', CHANNEL, '', /Channel team .*its webhook is empty/],
    ['one that is none', CHANNEL, 'http://discord.example/x', /no https address/],
    [
      'a variable that is not set',
      'notifications: { channels: [{ name: bot, type: telegram, token_env: NO_SUCH, chat: 1 }] }',
      undefined,
      /Channel bot .*its token is empty/,
    ],
    [
      'a token that is not there',
      'notifications: { channels: [{ name: phone, type: ntfy, topic: k8s, token_file: /none/such }] }',
      undefined,
      /credentials of ntfy cannot be read/,
    ],
  ])('and sees %s, without showing it', async (_, text, secret, problem) => {
    const finding = await checks.notifications(configured(text, secret).context);
    expect(finding).toMatchObject({ problem: expect.stringMatching(problem), cure: expect.stringMatching(/\S/) });
    expect(JSON.stringify(finding)).not.toContain('s3cret');
  });

  it.each([
    [0o644, 'others can read or change'],
    [0o620, 'others can read or change'],
  ])('and sees a secret with mode %o', async (mode, problem) => {
    const { context, secret } = configured(CHANNEL);
    chmodSync(secret, mode);
    expect(await checks.notifications(context)).toEqual({
      problem: `Channel team: ${problem} ${secret}.`,
      cure: `Make it yours alone: chmod 600 ${secret}`,
    });
  });

  it('and lets a group read one, as in a pod', async () => {
    const { context, secret } = configured(CHANNEL);
    chmodSync(secret, 0o440);
    expect(await checks.notifications(context)).toHaveProperty('seen');
  });
});

describe('doctor looks at budgets', () => {
  it('and says them', async () => {
    expect(await checks.budgets(aMachine().context)).toEqual({
      seen: 'budget $1 a step, $5 a run, $25 a day; 2 steps at a time',
    });
  });

  it.each([
    ['{ step: 6 }', 'a step may take $6, and its whole run only $5'],
    ['{ run: 30 }', 'a run may take $30, and all runs of a day only $25'],
  ])('and sees those that make no sense together: %s', async (budget, problem) => {
    const { context } = configured(`daemon: { budget: ${budget} }`);
    expect(await checks.budgets(context)).toMatchObject({ problem });
  });
});

describe('doctor looks at credentials of agents', () => {
  it('which nobody needs without a daemon', async () => {
    expect(await checks.credentials(aMachine().context)).toMatchObject({
      seen: expect.stringMatching(/^chats need none; a daemon could not work here: There is no claude on the PATH/),
    });
  });

  it('and misses them where a service is installed', async () => {
    const { context, file } = aMachine();
    chmodSync(file('.claude/k8s-agent/daemon.env', '# ANTHROPIC_API_KEY=\n'), 0o600);
    expect(await checks.credentials(context)).toMatchObject({
      problem: expect.stringContaining('no claude on the PATH'),
    });
  });

  it('in the file of the service, which others must not read', async () => {
    const { context, file, folder } = aMachine();
    chmodSync(file('bin/claude', '#!/bin/sh\necho "2.1.330 (Claude Code)"\n'), 0o755);
    const env = file('.claude/k8s-agent/daemon.env', 'ANTHROPIC_API_KEY=sk-ant-none\n');
    chmodSync(env, 0o644);
    const given = { ...context, env: { PATH: join(folder, 'bin') } };
    expect(await checks.credentials(given)).toMatchObject({ problem: expect.stringContaining('others can read') });
    chmodSync(env, 0o600);
    const finding = JSON.stringify(await checks.credentials(given));
    expect(finding).not.toContain('sk-ant-none');
    // Next come the prompts of agents, which an install brings.
    expect(finding).not.toMatch(/credentials for Claude|no claude/);
  });
});

describe('doctor looks at the dashboard', () => {
  async function machineOf(role: 'agent' | 'daemon', change = (token: string) => token) {
    const made = aMachine();
    const plane = openSqlite(join(tempFolder(), 'dashboard.db'), made.machine.clock);
    onTestFinished(() => plane.close());
    const { url, token } = await replica(plane, made.machine.clock, role);
    made.file(
      '.claude/k8s-agent.yaml',
      `dashboard: { url: "${url}", token_file: ${made.file('token', change(token))} }\n`,
    );
    return made;
  }

  it('and says whether it knows this machine, and as what', async () => {
    expect(await checks.dashboard((await machineOf('daemon')).context)).toMatchObject({
      seen: expect.stringMatching(/^http:.* answers, and knows this machine as one with a daemon$/),
    });
    expect(await checks.dashboard((await machineOf('agent')).context)).toMatchObject({
      seen: expect.stringMatching(
        /^http:.* answers; a daemon needs a token of the role daemon: k8s-agent token create/,
      ),
    });
  });

  it('and sees that a service has a token that is none of a daemon', async () => {
    const { context, file } = await machineOf('agent');
    file('.claude/k8s-agent/daemon.env', '');
    expect(await checks.dashboard(context)).toMatchObject({
      problem: expect.stringContaining('without a daemon'),
      cure: 'Make one there: a token of the role daemon: k8s-agent token create NAME --role daemon',
    });
  });

  it('and throws what is wrong with its token, or where it does not answer, without the token', async () => {
    const { context } = await machineOf('daemon', (token) => `${token}x`);
    await expect(checks.dashboard(context)).rejects.toMatchObject({ code: 'unauthorized' });
    const away = configured('dashboard: { url: "http://127.0.0.1:9", token_file: SECRET }');
    await expect(checks.dashboard(away.context)).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('which needs no token on this machine, and one on another', async () => {
    expect(await checks.dashboard(configured('dashboard: { url: "http://127.0.0.1:8080" }').context)).toMatchObject({
      seen: 'http://127.0.0.1:8080, on this machine',
    });
    expect(await checks.dashboard(configured('dashboard: { url: "localhost:8080" }').context)).toMatchObject({
      seen: 'localhost:8080, on this machine',
    });
    expect(await checks.dashboard(configured('dashboard: { url: "https://agent.lan" }').context)).toMatchObject({
      problem: expect.stringContaining('no token is set for https://agent.lan'),
    });
    expect(await checks.dashboard(aMachine().context)).toMatchObject({ seen: expect.stringContaining('none is set') });
  });
});
