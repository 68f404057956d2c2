import { z } from 'zod';
import { KINDS, SEVERITIES } from './notification.ts';

const text = z.string().min(1);
const severity = z.enum(SEVERITIES);

/** An object whose unknown keys are answered with the known ones. */
export function strict<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.strictObject(shape, {
    error: ({ code }) =>
      code === 'unrecognized_keys' ? `no such key; there are ${Object.keys(shape).join(', ')}` : undefined,
  });
}

const timezone = z.string().refine(isTimezone, 'a time zone is an IANA name, as Europe/Berlin');
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day reads like 07:30');

const quietHours = strict({
  from: timeOfDay,
  until: timeOfDay,
  timezone: timezone.optional().describe('That of notifications where it is left out.'),
  urgent_from: severity.default('critical').describe('From this severity on a message comes at once.'),
}).refine(({ from, until }) => from !== until, { path: ['until'], message: 'it is the same as from' });
export type QuietHours = z.output<typeof quietHours>;

const common = {
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'a name has lower-case letters, digits and hyphens'),
  kinds: z.array(z.enum(KINDS)).min(1).optional().describe('All where it is left out.'),
  min_severity: severity.default('info'),
  workflows: z.array(text).min(1).optional().describe('Globs. What belongs to no workflow passes.'),
  namespaces: z.array(text).min(1).optional().describe('Globs. What is in no namespace passes.'),
  quiet_hours: quietHours.optional(),
  ca_file: text.optional().describe('PEM file of your own certificate authority.'),
};

const webhook = {
  webhook_file: text.optional().describe('Path of a file that holds the address of the webhook alone.'),
  webhook_env: text.optional().describe('Name of the environment variable that holds it.'),
};
const token = {
  token_file: text.optional().describe('Path of a file that holds the token alone.'),
  token_env: text.optional().describe('Name of the environment variable that holds it.'),
};

interface References {
  readonly webhook_file?: string | undefined;
  readonly webhook_env?: string | undefined;
  readonly token_file?: string | undefined;
  readonly token_env?: string | undefined;
}

/** How many of the references to a secret may be there. */
const referring = (least: 0 | 1, what: string) => ({
  check: (channel: References) => {
    const given = [channel.webhook_file, channel.webhook_env, channel.token_file, channel.token_env];
    const count = given.filter((one) => one !== undefined).length;
    return count >= least && count <= 1;
  },
  problem: { path: ['type'], message: `such a channel has ${what}` },
});
const oneWebhook = referring(1, 'either webhook_file or webhook_env');
const oneToken = referring(1, 'either token_file or token_env');
const maybeToken = referring(0, 'token_file, token_env or neither');

const channel = z.discriminatedUnion(
  'type',
  [
    strict({ type: z.literal('discord'), ...common, ...webhook }).refine(oneWebhook.check, oneWebhook.problem),
    strict({ type: z.literal('slack'), ...common, ...webhook }).refine(oneWebhook.check, oneWebhook.problem),
    strict({
      type: z.literal('telegram'),
      ...common,
      ...token,
      chat: z.union([z.int(), text], 'a chat is its id, or @name of a channel'),
      url: text.default('https://api.telegram.org').describe('Another one where you run a Bot API server of your own.'),
    }).refine(oneToken.check, oneToken.problem),
    strict({
      type: z.literal('ntfy'),
      ...common,
      ...token,
      topic: z.string().regex(/^[\w-]{1,64}$/, 'a topic has letters, digits, - and _'),
      url: text.default('https://ntfy.sh'),
    }).refine(maybeToken.check, maybeToken.problem),
  ],
  'type is discord, slack, telegram or ntfy',
);
export type ChannelSettings = z.output<typeof channel>;

/** `notifications:` in `k8s-agent.yaml`. */
export const notificationsSchema = strict({
  timezone: timezone.default('UTC').describe('In which times are shown, and quiet hours are meant.'),
  channels: z.array(channel).superRefine((channels, context) => {
    const names = channels.map(({ name }) => name);
    const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
    if (twice === -1) return;
    context.addIssue({ code: 'custom', path: [twice, 'name'], message: 'another channel has this name' });
  }),
}).default({ timezone: 'UTC', channels: [] });
export type NotificationSettings = z.output<typeof notificationsSchema>;

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
