import { writeSync } from 'node:fs';
import { z } from 'zod';
import { systemClock } from '../../shared/kernel/clock.ts';
import { type Channel, openChannels } from '../../shared/notify/channel.ts';
import { Notifier } from '../../shared/notify/notifier.ts';
import { Outbox } from '../../shared/notify/outbox.ts';
import { notificationsSchema } from '../../shared/notify/settings.ts';

/** A process that sends messages until it is killed, or kills itself at a point that its arguments name. */
const [file = '', settings = '', point = '', count = '1'] = process.argv.slice(2);

const die = () => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise<never>(() => {});
};

const real = openChannels(notificationsSchema.parse(z.json().parse(JSON.parse(settings))), {}, systemClock);
const channels: readonly Channel[] = real.map((channel) => ({
  ...channel,
  send: async (notification) => {
    if (point === 'before a try') return die();
    const delivery = await channel.send(notification);
    return point === 'after the yes' ? die() : delivery;
  },
}));

const notifier = new Notifier(channels, {
  outbox: new Outbox(file),
  clock: systemClock,
  random: Math.random,
  log: (message) => process.stderr.write(`${message}\n`),
});
for (let i = 0; i < Number(count); i += 1) {
  const common = { at: systemClock.now(), severity: 'warning', namespaces: [] } as const;
  notifier.notify({ kind: 'daemon-unhealthy', ...common, id: `m${i}`, problem: `m${i}`, remedy: 'none' });
  // What is written here is promised to be on disk.
  writeSync(1, `m${i}\n`);
}
if (point === 'when it is stored') await die();
await notifier.run(new AbortController().signal);
