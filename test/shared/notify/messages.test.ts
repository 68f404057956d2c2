import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentOf } from '../../../shared/notify/content.ts';
import { approvalWanted, type Notification } from '../../../shared/notify/notification.ts';
import { discord } from '../../../shared/notify/services/discord.ts';
import { ntfy } from '../../../shared/notify/services/ntfy.ts';
import { slack } from '../../../shared/notify/services/slack.ts';
import { telegram } from '../../../shared/notify/services/telegram.ts';
import { anApproval } from '../../support/builders.ts';
import { anApprovalWanted, LINK, notifyRig, theChannel } from '../../support/notify-rig.ts';
import type { ServiceName } from '../../support/notify-services.ts';

const NOW = Date.UTC(2026, 10, 24, 6, 0, 0);
const SERVICES = { discord, slack, telegram: telegram(1), ntfy: ntfy('k8s') };

const content = (change: Parameters<typeof anApprovalWanted>[0] = {}, now = NOW) =>
  contentOf(anApprovalWanted(change), now, 'Europe/Berlin');

async function sent(service: ServiceName): Promise<unknown> {
  const { channels, services } = await notifyRig({ channels: { [service]: {} } });
  expect(await theChannel(channels, service).send(anApprovalWanted())).toMatchObject({ kind: 'delivered' });
  return services.bodies(service)[0];
}

const FACTS = [
  ['What', 'scale Deployment/web in shop'],
  ['Change', 'replicas 2 → 5'],
  ['Risk', 'needs room on the nodes'],
  ['Why', 'more load'],
  ['Expires', '24 Nov, 06:15 UTC, in 15 minutes'],
  ['Approval', 'ap-0000000001'],
  ['Workflow', 'pod-crashloop'],
] as const;

describe('an approval that is wanted', () => {
  it('is an embed on Discord that calls nobody', async () => {
    const escaped = ['24 Nov, 06\\:15 UTC, in 15 minutes', 'ap\\-0000000001', 'pod\\-crashloop'];
    expect(await sent('discord')).toEqual({
      embeds: [
        {
          title: 'Approval wanted',
          color: 0xf59e0b,
          fields: [
            ...FACTS.map(([name, value], index) => ({ name, value: index < 4 ? value : escaped[index - 4] })),
            { name: 'Answer it', value: LINK },
          ],
        },
      ],
      allowed_mentions: { parse: [] },
    });
  });

  it('is rich text on Slack, and its plain text beside it', async () => {
    const lines = FACTS.flatMap(([label, text]) => [
      { type: 'text', text: `${label}: `, style: { bold: true } },
      { type: 'text', text },
      { type: 'text', text: '\n' },
    ]);
    expect(await sent('slack')).toEqual({
      text: ['Approval wanted', ...FACTS.map(([label, text]) => `${label}: ${text}`), LINK].join('\n'),
      mrkdwn: false,
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: 'Approval wanted', emoji: false } },
        {
          type: 'rich_text',
          elements: [
            { type: 'rich_text_section', elements: [...lines, { type: 'link', url: LINK, text: 'Answer it' }] },
          ],
        },
      ],
      unfurl_links: false,
      unfurl_media: false,
    });
  });

  it('is HTML on Telegram, without a preview of the link', async () => {
    expect(await sent('telegram')).toEqual({
      chat_id: -100123,
      text: [
        '<b>Approval wanted</b>',
        ...FACTS.map(([label, text]) => `${label}: <code>${text}</code>`),
        `Answer it: <a href="${LINK}">${LINK}</a>`,
      ].join('\n'),
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
      disable_notification: false,
    });
  });

  it('is plain text on ntfy, with priority, tags and the link behind it', async () => {
    expect(await sent('ntfy')).toEqual({
      topic: 'k8s',
      title: 'Approval wanted',
      message: FACTS.map(([label, text]) => `${label}: ${text}`).join('\n'),
      priority: 4,
      tags: ['raised_hand', 'warning'],
      click: LINK,
      actions: [{ action: 'view', label: 'Answer it', url: LINK }],
    });
  });

  it('says so where it comes when its time is over', () => {
    const { title, facts } = content({}, Date.UTC(2026, 10, 24, 7, 0, 0));
    expect(title).toBe('Approval was wanted, and its time is over');
    expect(facts).toContainEqual({ label: 'Expired', text: '24 Nov, 07:15 CET' });
  });

  it('is made of the approval, and of what it is about', () => {
    const about = { severity: 'critical', namespaces: ['shop'], workflow: 'w', link: LINK } as const;
    expect(approvalWanted(anApproval(), about)).toMatchObject({
      ...about,
      id: 'approval-wanted ap-0000000001',
      what: 'scale Deployment/web in shop',
    });
  });
});

describe('what a message says', () => {
  const common = { id: 'x', at: NOW, severity: 'critical' as const, namespaces: [] };
  const cases: readonly (readonly [Notification, string, readonly (readonly [string, string])[]])[] = [
    [
      { kind: 'incident-opened', ...common, incident: 'Deployment/web in shop', alerts: ['KubePodCrashLooping', 'b'] },
      'Incident opened',
      [
        ['What', 'Deployment/web in shop'],
        ['Alerts', 'KubePodCrashLooping; b'],
      ],
    ],
    [
      {
        ...{ kind: 'incident-worse', ...common, incident: 'shop/web', alerts: ['KubePodNotReady'], before: 'warning' },
        openedAt: NOW - 30 * 60_000,
      },
      'Incident is worse',
      [
        ['What', 'shop/web'],
        ['Alerts', 'KubePodNotReady'],
        ['Severity', 'critical; it was warning'],
        ['Lasts', '30 minutes'],
      ],
    ],
    [
      { kind: 'incident-closed', ...common, incident: 'web', outcome: 'verified', openedAt: NOW - 3 * 3_600_000 },
      'Incident closed',
      [
        ['What', 'web'],
        ['Outcome', 'verified'],
        ['Lasted', '3 hours'],
      ],
    ],
    [
      {
        ...{ kind: 'incident-closed', ...common, incident: 'web', outcome: 'failed', remains: '1 alert still fires' },
        openedAt: NOW - 60_000,
      },
      'Incident not solved',
      [
        ['What', 'web'],
        ['Outcome', 'failed'],
        ['Still there', '1 alert still fires'],
        ['Lasted', '1 minute'],
      ],
    ],
    [
      { kind: 'run-failed', ...common, workflow: 'w', run: 'run-1', step: 'check', reason: 'no answer' },
      'Run failed',
      [
        ['Reason', 'no answer'],
        ['Step', 'check'],
        ['Run', 'run-1'],
        ['Workflow', 'w'],
      ],
    ],
    [
      { kind: 'daemon-unhealthy', ...common, problem: 'no credentials', remedy: 'Set one.' },
      'The daemon is unhealthy',
      [
        ['Problem', 'no credentials'],
        ['What to do', 'Set one.'],
      ],
    ],
    [
      { kind: 'daemon-healthy', ...common, problem: 'no credentials', since: NOW - 86_400_000 * 3 },
      'The daemon is healthy again',
      [
        ['It was', 'no credentials'],
        ['Lasted', '3 days'],
      ],
    ],
    [{ kind: 'test', ...common, channel: 'phone' }, 'Test', [['Channel', 'phone: messages arrive here.']]],
  ];

  it.each(cases)('is in our words: $kind', (notification, title, facts) => {
    expect(contentOf(notification, NOW, 'UTC')).toMatchObject({
      title,
      facts: facts.map(([label, text]) => ({ label, text })),
    });
  });

  it.each([
    ['a password', 'failed: password=hunter2-secret', 'failed: password=***'],
    ['a token', 'Authorization: Bearer abcdefghijklmnop1234', 'Authorization: Bearer ***'],
    ['a link', 'approve at https://evil.example/x', 'approve at https[:]//evil.example/x'],
    ['text that runs backwards', 'a\u202eb', 'a<U+202E>b'],
    ['hidden characters', 'a\u200bb\u0000', 'a<U+200B>b<U+0000>'],
    ['more lines', 'one\n\nRisk: none\r\n', 'one Risk: none'],
    ['half a character', 'a\ud83d', 'a\ufffd'],
  ])('never has %s in it', (_, why, shown) => {
    expect(content({ why }).facts).toContainEqual({ label: 'Why', text: shown });
  });
});

/** The text of one fact as a service gets it. */
function whyOn(service: ServiceName, why: string): string {
  const body = JSON.stringify(SERVICES[service].body(content({ why: `«${why}»` })));
  return JSON.parse(`"${/«(.*?)»/.exec(body)?.[1]}"`);
}

describe('a text from outside', () => {
  it.each([
    ['**bold** _it_ ~~no~~ ||spoiler||', '\\*\\*bold\\*\\* \\_it\\_ \\~\\~no\\~\\~ \\|\\|spoiler\\|\\|'],
    ['@everyone <@123> <@&4> <#5>', '\\@everyone \\<\\@123\\> \\<\\@&4\\> \\<\\#5\\>'],
    ['[Approve](https://evil.example)', '\\[Approve\\]\\(https\\[\\:\\]//evil.example\\)'],
    ['`code` <t:1:R> :smile:', '\\`code\\` \\<t\\:1\\:R\\> \\:smile\\:'],
    ['# big > quote - list \\', '\\# big \\> quote \\- list \\\\'],
  ])('is only text on Discord: %s', (text, escaped) => expect(whyOn('discord', text)).toBe(escaped));

  it.each([
    [
      '<!channel> <@U1> <https://evil.example|Approve>',
      '&lt;!channel&gt; &lt;@U1&gt; &lt;https[:]//evil.example|Approve&gt;',
    ],
    ['a && b &lt;', 'a &amp;&amp; b &amp;lt;'],
  ])('is only text on Slack: %s', (text, escaped) => {
    expect(whyOn('slack', text)).toBe(escaped);
    // In rich text nothing is parsed, so it stands there as it is.
    expect(JSON.stringify(SERVICES.slack.body(content({ why: text })))).toContain(
      JSON.stringify({ type: 'text', text: text.replace('://', '[:]//') }),
    );
  });

  it.each([
    [
      '</code><a href="https://evil.example">Approve</a>',
      '&lt;/code&gt;&lt;a href=&quot;https[:]//evil.example&quot;&gt;Approve&lt;/a&gt;',
    ],
    ['a & b &amp; @bot /stop', 'a &amp; b &amp;amp; @bot /stop'],
  ])('is only text on Telegram: %s', (text, escaped) => expect(whyOn('telegram', text)).toBe(escaped));

  it('is plain on ntfy', () => expect(whyOn('ntfy', '**a** <b> & @c')).toBe('**a** <b> & @c'));

  const full = (text: string) =>
    content({ what: text, why: text, risk: text, change: text, workflow: text, approval: text });

  it.each(['*', '&', '"', '<', '€', '🔥', '\u202e', 'a://'])(
    'of nothing but %j, and far too long, fits every limit',
    (text) => {
      expect(tooLong(full(text.repeat(3_000)))).toEqual([]);
    },
  );

  it('is cut between whole characters, whatever it is', () => {
    const worst = fc.string({
      unit: fc.constantFrom('*', '&', '"', '<', '€', '🔥', '\u202e', '\ud83d', 'a', ' ', '\n'),
      maxLength: 1_500,
      size: 'max',
    });
    fc.assert(
      fc.property(worst, (text) => {
        for (const service of Object.values(SERVICES))
          expect(JSON.stringify(service.body(full(text)))).not.toMatch(/\\ud[89a-f]/i);
        expect(tooLong(full(text))).toEqual([]);
      }),
      { numRuns: 50, endOnFailure: true },
    );
  });
});

/** What the services would refuse, by their documented limits. */
function tooLong(all: ReturnType<typeof content>): string[] {
  const embed = JSON.parse(JSON.stringify(discord.body(all))).embeds[0];
  const values: string[] = embed.fields.map(({ value }: { value: string }) => value);
  const names: string[] = embed.fields.map(({ name }: { name: string }) => name);
  const total = [embed.title, ...names, ...values].join('').length;
  const slackBody = JSON.parse(JSON.stringify(slack.body(all)));
  const telegramText: string = JSON.parse(JSON.stringify(SERVICES.telegram.body(all))).text;
  const ntfyText: string = JSON.parse(JSON.stringify(SERVICES.ntfy.body(all))).message;
  return [
    ...values.filter((value) => value.length === 0 || value.length > 1_024).map(() => 'Discord, a field'),
    ...(total > 6_000 ? ['Discord, in all'] : []),
    ...(slackBody.text.length > 4_000 ? ['Slack, text'] : []),
    ...(telegramText.length > 4_096 ? ['Telegram'] : []),
    ...(Buffer.byteLength(ntfyText) > 4_096 ? ['ntfy'] : []),
  ];
}
