import picomatch from 'picomatch';
import type { Clock } from '../kernel/clock.ts';
import type { Environment } from './address.ts';
import { type Delivery, deliver } from './deliver.ts';
import { isAtLeast, type Notification } from './notification.ts';
import { quietUntil } from './quiet.ts';
import { discord } from './services/discord.ts';
import { ntfy } from './services/ntfy.ts';
import type { RateLimit, Service } from './services/service.ts';
import { slack } from './services/slack.ts';
import { telegram } from './services/telegram.ts';
import type { ChannelSettings, NotificationSettings } from './settings.ts';

/** One way to people. */
export interface Channel {
  readonly name: string;
  /** `Discord` */
  readonly service: string;
  readonly limit: RateLimit;
  wants(notification: Notification): boolean;
  /** Until when its quiet hours hold this message back, in milliseconds since the epoch; undefined where nothing does. */
  heldUntil(notification: Notification, now: number): number | undefined;
  /** One try. It never throws. */
  send(notification: Notification): Promise<Delivery>;
}

/** The channels of `k8s-agent.yaml`. Secrets are read when they are needed: what is missing stops nothing else. */
export function openChannels(settings: NotificationSettings, env: Environment, clock: Clock): readonly Channel[] {
  return settings.channels.map((channel) => {
    const service = serviceOf(channel);
    const { quiet_hours: quiet } = channel;
    const timezone = quiet?.timezone ?? settings.timezone;
    return {
      name: channel.name,
      service: service.label,
      limit: service.limit,
      wants: (notification) => wants(channel, notification),
      heldUntil: (notification, now) => {
        const urgent = quiet === undefined || isAtLeast(notification.severity, quiet.urgent_from);
        return urgent ? undefined : quietUntil(quiet, timezone, now);
      },
      send: (notification) => deliver(channel, service, notification, { env, now: clock.now(), timezone }),
    };
  });
}

function serviceOf(channel: ChannelSettings): Service {
  switch (channel.type) {
    case 'discord':
      return discord;
    case 'slack':
      return slack;
    case 'telegram':
      return telegram(channel.chat);
    case 'ntfy':
      return ntfy(channel.topic);
  }
}

/** What names no workflow or namespace passes: better one message too many than the one that was needed too few. */
function wants({ kinds, min_severity, workflows, namespaces }: ChannelSettings, notification: Notification): boolean {
  if (notification.kind === 'test') return true;
  const { workflow, severity, namespaces: about, kind } = notification;
  return (
    (kinds === undefined || kinds.includes(kind)) &&
    isAtLeast(severity, min_severity) &&
    (workflows === undefined || workflow === undefined || picomatch.isMatch(workflow, [...workflows])) &&
    (namespaces === undefined || about.length === 0 || about.some((one) => picomatch.isMatch(one, [...namespaces])))
  );
}
