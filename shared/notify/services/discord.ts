import { stringAt } from '../../kernel/json.ts';
import type { Content } from '../content.ts';
import { shorten } from '../shorten.ts';
import type { Service } from './service.ts';

/** Limits of an embed (Discord, Message resource): title 256, name of a field 256, its value 1,024; 6,000 in all. */
const TITLE = 256;
const VALUE = 1_024;
/** Facts that may stand in one embed at full length: with title and names they stay below 6,000. */
const TOTAL = 5_000;

const COLORS = { info: 0x3b82f6, warning: 0xf59e0b, critical: 0xdc2626 } as const;

/** https://discord.com/developers/docs/resources/webhook#execute-webhook */
export const discord: Service = {
  label: 'Discord',
  // A webhook may post 30 times a minute to its channel.
  limit: { messages: 25, ms: 60_000 },
  body: (content) => ({
    embeds: [
      {
        title: shorten(content.title, TITLE, { escaping: escapeMarkdown }),
        color: content.kind === 'incident-closed' ? 0x16a34a : COLORS[content.severity],
        fields: fieldsOf(content),
        ...(content.link && { url: content.link.url, footer: { text: `${content.link.label}: tap the title` } }),
      },
    ],
    // Whatever a text says: nobody is called.
    allowed_mentions: { parse: [] },
  }),
  took: ({ status, json }) => status === 204 || (status === 200 && stringAt(json, 'id') !== undefined),
};

function fieldsOf({ facts }: Content): readonly { readonly name: string; readonly value: string }[] {
  const each = Math.min(VALUE, Math.floor(TOTAL / Math.max(1, facts.length)));
  return facts.map(({ label, text }) => ({ name: label, value: shorten(text, each, { escaping: escapeMarkdown }) }));
}

/** A backslash before any punctuation shows it as it is, and breaks mentions, timestamps, emoji and links. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_~|<>#[\]():@+-]/g, '\\$&');
}
