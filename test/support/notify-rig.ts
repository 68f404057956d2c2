import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { OpsError } from '../../shared/kernel/errors.ts';
import { type Channel, openChannels } from '../../shared/notify/channel.ts';
import { Courier, type CourierOptions } from '../../shared/notify/courier.ts';
import type { Notification } from '../../shared/notify/notification.ts';
import { Notifier } from '../../shared/notify/notifier.ts';
import { Outbox } from '../../shared/notify/outbox.ts';
import { notificationsSchema } from '../../shared/notify/settings.ts';
import { fakeClock } from './clock.ts';
import { tempFolder } from './gate-rig.ts';
import { type FakeServices, fakeServices, SECRETS, type ServiceName } from './notify-services.ts';

export const LINK = 'https://k8s.lan/pending/ap-0000000001';

type Wanted = Extract<Notification, { kind: 'approval-wanted' }>;

export function anApprovalWanted(change: Partial<Wanted> = {}): Wanted {
  return {
    kind: 'approval-wanted',
    id: 'approval-wanted ap-0000000001',
    at: Date.UTC(2026, 10, 24, 6, 0, 0),
    severity: 'warning',
    workflow: 'pod-crashloop',
    namespaces: ['shop'],
    link: LINK,
    approval: 'ap-0000000001',
    what: 'scale Deployment/web in shop',
    change: 'replicas 2 → 5',
    why: 'more load',
    risk: 'needs room on the nodes',
    expiresAt: Date.UTC(2026, 10, 24, 6, 15, 0),
    ...change,
  };
}

/** The settings of one channel of each service: its secret lies in `folder`, and every address leads to `origin`. */
export function channelSettings(origin: string, folder: string): Readonly<Record<ServiceName, object>> {
  const secret = (service: ServiceName, text: string) => {
    const file = join(folder, service);
    writeFileSync(file, `${text}\n`);
    return file;
  };
  const discord = secret('discord', `${origin}/api/webhooks/1/${SECRETS.discord}`);
  const slack = secret('slack', `${origin}/services/T0/B0/${SECRETS.slack}`);
  return {
    discord: { name: 'discord', type: 'discord', webhook_file: discord },
    slack: { name: 'slack', type: 'slack', webhook_file: slack },
    telegram: {
      name: 'telegram',
      type: 'telegram',
      token_file: secret('telegram', SECRETS.telegram),
      chat: -100123,
      url: origin,
    },
    ntfy: { name: 'ntfy', type: 'ntfy', url: origin, topic: 'k8s', token_file: secret('ntfy', SECRETS.ntfy) },
  };
}

interface RigOptions {
  /** Changes to the settings of the channels; only these are there. */
  readonly channels?: Partial<Record<ServiceName, object>>;
  readonly start?: number;
}

/** The real outbox on a real file, the real couriers and HTTP, and stand-ins for the services. */
export async function notifyRig({ channels: changes = { ntfy: {} }, start }: RigOptions = {}) {
  const folder = tempFolder();
  const clock = fakeClock(start);
  const services: FakeServices = await fakeServices();
  const settings = channelSettings(services.origin, folder);
  const list = Object.entries(changes).map(([name, change]) => ({ ...Object(Reflect.get(settings, name)), ...change }));
  const channels = openChannels(notificationsSchema.parse({ channels: list }), {}, clock);
  const logged: string[] = [];
  const log = (message: string, error: unknown) => logged.push(`${message} ${told(error)}`);
  const file = join(folder, 'state.db');
  const outbox = new Outbox(file);
  onTestFinished(() => outbox.close());
  const options: CourierOptions = { outbox, clock, random: () => 1, log };
  const couriers = channels.map((channel) => new Courier(channel, options));
  const notifier = new Notifier(channels, options);
  /** All couriers once; says in how many milliseconds the earliest has something to do. */
  const round = async () => {
    const { signal } = new AbortController();
    const next = await Promise.all(couriers.map((courier) => courier.round(signal)));
    return Math.min(...next) - clock.now();
  };
  return { folder, file, clock, services, channels, outbox, options, notifier, logged, round };
}

/** Everything that an error could show: to a person, or in a log. */
export function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const hint = error instanceof OpsError ? error.hint : '';
  return `${error.message} ${hint} ${error.stack} ${error.cause === undefined ? '' : told(error.cause)}`;
}

export function theChannel(channels: readonly Channel[], name: ServiceName): Channel {
  const found = channels.find((channel) => channel.name === name);
  if (found === undefined) throw new Error(`no channel ${name}`);
  return found;
}
