import { stringAt } from '../../kernel/json.ts';
import type { Content } from '../content.ts';
import { shorten } from '../shorten.ts';
import type { Service } from './service.ts';

/** Of a value in an embed; Discord takes 1,024 each, and 6,000 in all: seven facts with their names stay below both. */
const FACT = 700;

const COLORS = { info: 0x3b82f6, warning: 0xf59e0b, critical: 0xdc2626 } as const;

/** https://discord.com/developers/docs/resources/webhook#execute-webhook */
export const discord: Service = {
  label: 'Discord',
  // A webhook may post 30 times a minute to its channel.
  limit: { messages: 25, ms: 60_000 },
  body: (content) => ({
    embeds: [
      {
        title: content.title,
        color: content.kind === 'incident-closed' ? 0x16a34a : COLORS[content.severity],
        fields: fieldsOf(content),
      },
    ],
    // Whatever a text says: nobody is called.
    allowed_mentions: { parse: [] },
  }),
  took: ({ status, json }) => status === 204 || (status === 200 && stringAt(json, 'id') !== undefined),
};

/** The link is a text: an embed whose `url` is http://localhost would be refused as a whole. */
function fieldsOf({ facts, link }: Content): readonly { readonly name: string; readonly value: string }[] {
  const told = facts.map(({ label, text }) => ({
    name: label,
    value: shorten(text, FACT, { escaping: escapeMarkdown }),
  }));
  return link === undefined ? told : [...told, { name: link.label, value: link.url }];
}

/** A backslash before any punctuation shows it as it is, and breaks mentions, timestamps, emoji and links. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_~|<>#[\]():@+-]/g, '\\$&');
}
