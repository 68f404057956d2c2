import { at } from '../../kernel/json.ts';
import type { Content } from '../content.ts';
import { shorten } from '../shorten.ts';
import type { Service } from './service.ts';

/** Of a fact; a message has 4,096 characters after its entities were parsed. Counted before, seven facts stay below. */
const FACT = 450;

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
  const lines = facts.map(
    ({ label, text }) => `${label}: <code>${shorten(text, FACT, { escaping: escapeHtml })}</code>`,
  );
  // The address is the text, too: where Telegram does not take it for a link (http://localhost), a person can copy it.
  const url = link && escapeHtml(link.url);
  const last = link === undefined ? [] : [`${link.label}: <a href="${url}">${url}</a>`];
  return [`<b>${title}</b>`, ...lines, ...last].join('\n');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
