import { existsSync } from 'node:fs';
import { readConfig } from '../../shared/config/config.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { newId } from '../../shared/kernel/ids.ts';
import { count, neutralize } from '../../shared/kernel/text.ts';
import type { Channel } from '../../shared/notify/channel.ts';
import type { Delivery } from '../../shared/notify/deliver.ts';
import type { NotificationSettings } from '../../shared/notify/settings.ts';
import type { AddCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { table } from '../table.ts';

export const notify: AddCommand = (program, run) => {
  const command = program.command('notify').description('messages to people: Discord, Slack, Telegram, ntfy');
  command
    .command('list', { isDefault: true })
    .description('the channels, and what waits for them')
    .action(() => run(list));
  command
    .command('test [channel]')
    .description('send one real message through each channel, or through one; exit code 1 where one fails')
    .action((name?: string) => run((context) => test(context, name)));
};

async function list(context: Context): Promise<number> {
  const settings = await notifications(context);
  const state = await statesOf(context, settings);
  const rows = settings.channels.map((channel) => {
    const { name, type, kinds, min_severity: least, quiet_hours: quiet } = channel;
    const hours = quiet && `${quiet.from} to ${quiet.until} (${quiet.timezone ?? settings.timezone})`;
    return [name, type, kinds?.join(', ') ?? 'all', least, hours ?? 'none', state(name)];
  });
  context.terminal.write(`${table(['channel', 'service', 'kinds', 'from', 'quiet hours', 'state'], rows)}\n`);
  return 0;
}

/** Reads the outbox where there is one, and makes none. */
async function statesOf({ paths }: Context, { channels }: NotificationSettings): Promise<(name: string) => string> {
  if (!existsSync(paths.database)) return () => 'nothing waits';
  const { Outbox } = await import('../../shared/notify/outbox.ts');
  const outbox = new Outbox(paths.database);
  try {
    const states = channels.map(({ name }) => {
      const waiting = outbox.waiting(name);
      const problem = outbox.paused(name)?.problem;
      return [
        name,
        `${waiting === 0 ? 'nothing waits' : `${waiting} waiting`}${problem ? `: ${problem}` : ''}`,
      ] as const;
    });
    const known = new Map(states);
    return (name) => known.get(name) ?? '';
  } finally {
    outbox.close();
  }
}

async function test(context: Context, name: string | undefined): Promise<number> {
  const { clock, env, terminal } = context;
  const settings = await notifications(context);
  const { openChannels } = await import('../../shared/notify/channel.ts');
  const channels = chosen(openChannels(settings, env, clock), name);
  const failed = await Promise.all(channels.map((channel) => tryOut(channel, context)));
  const problems = failed.filter(Boolean).length;
  terminal.write(problems === 0 ? 'Every message was taken.\n' : `${count(problems, 'channel')} failed.\n`);
  return problems === 0 ? 0 : 1;
}

/** One message past outbox, filters and quiet hours; says whether it failed. */
async function tryOut(channel: Channel, { clock, terminal }: Context): Promise<boolean> {
  const delivery = await channel.send({
    kind: 'test',
    id: newId('test'),
    at: clock.now(),
    severity: 'warning',
    namespaces: [],
    channel: channel.name,
  });
  terminal.write(`${neutralize(lineOf(channel.name.padEnd(16), delivery))}\n`);
  return delivery.kind === 'failed';
}

function lineOf(name: string, delivery: Delivery): string {
  if (delivery.kind === 'failed') {
    const { message, hint } = delivery.problem;
    return `problem  ${name} ${message}\n${' '.repeat(26)}${hint}`;
  }
  const warning = delivery.warning === undefined ? '' : `. ${delivery.warning}`;
  return `ok       ${name} ${delivery.to} took the message${warning}`;
}

function chosen(channels: readonly Channel[], name: string | undefined): readonly Channel[] {
  const found = channels.filter((channel) => name === undefined || channel.name === name);
  if (found.length > 0) return found;
  const names = channels.map((channel) => channel.name).join(', ');
  throw new OpsError('not_found', `There is no channel ${name}.`, `There are: ${names}.`);
}

async function notifications({ paths }: Context): Promise<NotificationSettings> {
  const { notifications } = await readConfig(paths.config);
  if (notifications.channels.length > 0) return notifications;
  throw new OpsError(
    'config_invalid',
    'No channel is set up.',
    `List one below notifications: in ${paths.config}; docs/notifications.md says how.`,
  );
}
