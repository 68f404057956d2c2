import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../cli/program.ts';
import { Outbox } from '../../shared/notify/outbox.ts';
import { anApprovalWanted } from '../support/notify-rig.ts';
import { fakeServices, SECRETS } from '../support/notify-services.ts';
import { aMachine } from './machine.ts';

/** A machine with a Discord webhook and a topic of ntfy, both of stand-ins. */
async function machineWithChannels() {
  const services = await fakeServices();
  const made = aMachine();
  const webhook = made.file('webhook', `${services.origin}/api/webhooks/1/${SECRETS.discord}`);
  made.file(
    '.claude/k8s-agent.yaml',
    `notifications:
  timezone: Europe/Berlin
  channels:
    - { name: team, type: discord, webhook_file: ${webhook}, kinds: [approval-wanted] }
    - name: phone
      type: ntfy
      url: ${services.origin}
      topic: k8s
      min_severity: warning
      quiet_hours: { from: 22:00, until: 07:00 }
`,
  );
  const k8sAgent = async (...args: string[]) => {
    const before = made.output().length;
    const code = await runCli(['notify', ...args], made.machine);
    return { code, output: made.output().slice(before) };
  };
  return { ...made, services, k8sAgent };
}

describe('k8s-agent notify test', () => {
  it('sends one real message through each channel, and says who took it', async () => {
    const { k8sAgent, services } = await machineWithChannels();
    const { code, output } = await k8sAgent('test');
    expect(code).toBe(0);
    expect(output).toMatch(/^ok {7}team +Discord at 127\.0\.0\.1:\d+ took the message$/m);
    expect(output).toMatch(/^ok {7}phone +ntfy at 127\.0\.0\.1:\d+ took the message$/m);
    expect(output).toMatch(/\nEvery message was taken\.\n$/);
    expect(services.bodies('ntfy')).toMatchObject([
      { title: 'Test', message: 'Channel: phone: messages arrive here.' },
    ]);
    expect(services.bodies('discord')).toHaveLength(1);
  });

  it('says what is wrong with one, what to do, and no secret', async () => {
    const { k8sAgent, services } = await machineWithChannels();
    services.answer = ({ path }) => ({ status: 404, body: { message: `Unknown Webhook ${path}` } });
    const { code, output } = await k8sAgent('test', 'team');
    expect(code).toBe(1);
    expect(output).toMatch(
      /^problem {2}team +Discord at .* did not take the message: Unknown Webhook .*\(HTTP 404\)\.\n/,
    );
    expect(output).toMatch(/\n {26}The webhook or token of channel team is not valid .*\n1 channel failed\.\n$/);
    expect(output).not.toContain(SECRETS.discord);
    expect(services.received).toHaveLength(1);
  });

  it('names the channels that there are', async () => {
    const { k8sAgent } = await machineWithChannels();
    expect(await k8sAgent('test', 'phon')).toEqual({
      code: 1,
      output: 'There is no channel phon.\nThere are: team, phone.\n',
    });
  });

  it('says how to set one up where there is none', async () => {
    const { machine, output } = aMachine();
    expect(await runCli(['notify', 'test'], machine)).toBe(1);
    expect(output()).toMatch(/^No channel is set up\.\nList one below notifications: in .*k8s-agent\.yaml;/);
  });
});

describe('k8s-agent notify list', () => {
  it('shows the channels with their filters, and makes no file', async () => {
    const { k8sAgent, folder } = await machineWithChannels();
    expect((await k8sAgent('list')).output).toMatch(
      new RegExp(
        [
          /^channel +service +kinds +from +quiet hours +state\n/,
          /team +discord +approval-wanted +info +none +nothing waits\n/,
          /phone +ntfy +all +warning +22:00 to 07:00 \(Europe\/Berlin\) +nothing waits\n$/,
        ]
          .map(({ source }) => source)
          .join(''),
      ),
    );
    expect(readdirSync(folder).sort()).toEqual(['.claude', 'webhook']);
  });

  it('shows what waits, and why', async () => {
    const { k8sAgent, context } = await machineWithChannels();
    const outbox = new Outbox(context.paths.database);
    outbox.add(anApprovalWanted(), ['team'], 0);
    outbox.pause('team', { until: 1, failures: 1, problem: 'Cannot reach Discord.' });
    outbox.close();
    expect((await k8sAgent()).output).toMatch(/team .*1 waiting: Cannot reach Discord\.\nphone .*nothing waits\n$/);
  });
});
