import type { Content } from '../content.ts';
import { shorten } from '../shorten.ts';
import type { Service } from './service.ts';

/** Of a fact in a message's own text, for which Slack recommends 4,000 characters: seven facts and a link stay below. */
const FACT = 500;

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export const slack: Service = {
  label: 'Slack',
  // One message a second and channel.
  limit: { messages: 1, ms: 1_000 },
  body: (content) => ({
    // What a phone announces, and what is left where blocks are not known (Mattermost).
    text: plainText(content),
    mrkdwn: false,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: content.title, emoji: false } },
      { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: elementsOf(content) }] },
    ],
    // Slack would fetch what a message links to.
    unfurl_links: false,
    unfurl_media: false,
  }),
  took: ({ status, text }) => status === 200 && text.trim() === 'ok',
};

/** Rich text is never parsed, so there is nothing to escape in it: what a text from outside looks like is what it is. */
function elementsOf({ facts, link }: Content): readonly object[] {
  const lines = facts.map(({ label, text }) => [
    { type: 'text', text: `${label}: `, style: { bold: true } },
    { type: 'text', text },
  ]);
  const all = link === undefined ? lines : [...lines, [{ type: 'link', url: link.url, text: link.label }]];
  return all.flatMap((line, index) => (index === 0 ? line : [{ type: 'text', text: '\n' }, ...line]));
}

function plainText({ title, facts, link }: Content): string {
  const lines = facts.map(({ label, text }) => `${label}: ${shorten(text, FACT, { escaping: escapeControl })}`);
  return [title, ...lines, ...(link === undefined ? [] : [escapeControl(link.url)])].join('\n');
}

/** The three characters that Slack gives a meaning to; without them there is no mention, and no link but a plain address. */
function escapeControl(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
