import { stringAt } from '../../kernel/json.ts';
import type { NotificationKind } from '../notification.ts';
import { shorten } from '../shorten.ts';
import type { Service } from './service.ts';

/** Bytes of a fact; a message of more than 4,096 becomes a file to download. Seven facts stay below. */
const FACT = 500;

const PRIORITY = { info: 3, warning: 4, critical: 5 } as const;

/** Names of emoji that ntfy shows before the title. */
const TAGS: Readonly<Record<NotificationKind, string>> = {
  'approval-wanted': 'raised_hand',
  'incident-opened': 'rotating_light',
  'incident-worse': 'rotating_light',
  'incident-closed': 'checkered_flag',
  'run-failed': 'x',
  'daemon-unhealthy': 'warning',
  'daemon-healthy': 'green_heart',
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
      title,
      message: facts
        .map(({ label, text }) => `${label}: ${shorten(text, FACT, { size: Buffer.byteLength })}`)
        .join('\n'),
      priority: PRIORITY[severity],
      tags: [TAGS[kind], severity],
      ...(link && { click: link.url, actions: [{ action: 'view', label: link.label, url: link.url }] }),
    }),
    took: ({ status, json }) => status === 200 && stringAt(json, 'event') === 'message',
  };
}
