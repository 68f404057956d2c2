import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../shared/config/parse.ts';

const parse = (channel: string) =>
  parseConfig(
    `notifications:\n  channels:\n    - name: phone\n${channel.replace(/^/gm, '      ')}\n`,
    'k8s-agent.yaml',
  );

describe('notifications in k8s-agent.yaml', () => {
  it('need little', () => {
    expect(parse('type: ntfy\ntopic: k8s').notifications).toEqual({
      timezone: 'UTC',
      channels: [{ name: 'phone', type: 'ntfy', topic: 'k8s', url: 'https://ntfy.sh', min_severity: 'info' }],
    });
  });

  it('take filters and quiet hours', () => {
    const channel = `type: telegram
token_env: BOT
chat: -100123
kinds: [approval-wanted, run-failed]
min_severity: warning
workflows: [pod-*]
namespaces: [shop]
quiet_hours: { from: 22:00, until: 07:00, timezone: Europe/Berlin }`;
    expect(parse(channel).notifications.channels[0]).toMatchObject({
      chat: -100123,
      kinds: ['approval-wanted', 'run-failed'],
      quiet_hours: { from: '22:00', until: '07:00', timezone: 'Europe/Berlin', urgent_from: 'critical' },
    });
  });

  it.each([
    ['type: discordd', '4:7: notifications.channels.0.type: type is discord, slack, telegram or ntfy'],
    ['type: slack', '4:7: notifications.channels.0.type: such a channel has either webhook_file or webhook_env'],
    ['type: slack\nwebhook_file: a\nwebhook_env: B', '4:7: notifications.channels.0.type: such a channel has either'],
    ['type: slack\nwebhook: x', '5:7: notifications.channels.0.webhook: no such key; there are type, name, kinds'],
    ['type: telegram\ntoken_env: A', '2:3: notifications.channels.0.chat: a chat is its id'],
    ['type: ntfy\ntopic: a/b', '5:7: notifications.channels.0.topic: a topic has letters'],
    ['type: ntfy\ntopic: a\ntoken_file: f\ntoken_env: E', '4:7: notifications.channels.0.type: such a channel has'],
    ['type: ntfy\ntopic: a\nkinds: [tests]', 'notifications.channels.0.kinds.0: Invalid option: expected one of'],
    ['type: ntfy\ntopic: a\nquiet_hours: {from: 7:00, until: 08:00}', 'a time of day reads like 07:30'],
    ['type: ntfy\ntopic: a\nquiet_hours: {from: 07:00, until: 07:00}', 'it is the same as from'],
    ['type: ntfy\ntopic: a\nquiet_hours: {from: 07:00, until: 08:00, timezone: Berlin}', 'a time zone is an IANA name'],
  ])('that cannot be used are refused where they stand: %j', (channel, message) => {
    expect(() => parse(channel)).toThrow(message);
  });

  it('have each name once', () => {
    const text =
      'notifications:\n  channels:\n    - {name: a, type: ntfy, topic: b}\n    - {name: a, type: ntfy, topic: c}\n';
    expect(() => parseConfig(text, 'k8s-agent.yaml')).toThrow('4:8: notifications.channels.1.name: another channel');
  });
});
