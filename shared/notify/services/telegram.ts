import { at } from '../../kernel/json.ts';
import type { Content } from '../content.ts';
import { shorten } from '../shorten.ts';
import type { Service } from './service.ts';

/** A message has 4,096 characters after its entities were parsed; counted before, it is never too long. */
const TEXT = 4_096;
/** What the title, the labels, the tags and the link take of it. */
const FRAME = 1_000;

/** https://core.telegram.org/bots/api#sendmessage */
export function telegram(chat: string | number): Service {
  return {
    label: 'Telegram',
    // 20 a minute to one group.
    limit: { messages: 18, ms: 60_000 },
    body: (content) => ({
      chat_id: chat,
      text: textOf(content),
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
      disable_notification: content.severity === 'info',
    }),
    took: ({ status, json }) => status === 200 && at(json, 'ok') === true,
  };
}

/** A fact stands in <code>: there Telegram makes no link, mention or command of what looks like one. */
function textOf({ title, facts, link }: Content): string {
  const each = Math.floor((TEXT - FRAME) / Math.max(1, facts.length));
  const lines = facts.map(
    ({ label, text }) => `${label}: <code>${shorten(text, each, { escaping: escapeHtml })}</code>`,
  );
  // The address is the text, too: where Telegram does not take it for a link (http://localhost), a person can copy it.
  const url = link && escapeHtml(link.url);
  const last = link === undefined ? [] : [`${link.label}: <a href="${url}">${url}</a>`];
  return [`<b>${escapeHtml(title)}</b>`, ...lines, ...last].join('\n');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
