import { stringAt } from '../../kernel/json.ts';
import type { NotificationKind } from '../notification.ts';
import { shorten } from '../shorten.ts';
import type { Service } from './service.ts';

/** A message of more than 4,096 bytes becomes a file to download. */
const MESSAGE = 4_096;
const TITLE = 250;

const PRIORITY = { info: 3, warning: 4, critical: 5 } as const;

/** Names of emoji that ntfy shows before the title. */
const TAGS: Readonly<Record<NotificationKind, string>> = {
  'approval-wanted': 'raised_hand',
  'incident-opened': 'rotating_light',
  'incident-closed': 'white_check_mark',
  'run-failed': 'x',
  'daemon-unhealthy': 'warning',
  test: 'wave',
};

/** https://docs.ntfy.sh/publish/#publish-as-json */
export function ntfy(topic: string): Service {
  return {
    label: 'ntfy',
    // 60 at once, then one in 5 seconds.
    limit: { messages: 12, ms: 60_000 },
    body: ({ kind, severity, title, facts, link }) => ({
      topic,
      title: shorten(title, TITLE, { size: Buffer.byteLength }),
      message: shorten(facts.map(({ label, text }) => `${label}: ${text}`).join('\n'), MESSAGE, {
        size: Buffer.byteLength,
      }),
      priority: PRIORITY[severity],
      tags: [TAGS[kind], severity],
      ...(link && { click: link.url, actions: [{ action: 'view', label: link.label, url: link.url }] }),
    }),
    took: ({ status, json }) => status === 200 && stringAt(json, 'event') === 'message',
  };
}
