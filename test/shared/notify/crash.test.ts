import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openChannels } from '../../../shared/notify/channel.ts';
import { Courier } from '../../../shared/notify/courier.ts';
import { Outbox } from '../../../shared/notify/outbox.ts';
import { notificationsSchema } from '../../../shared/notify/settings.ts';
import { fakeClock } from '../../support/clock.ts';
import { tempFolder } from '../../support/gate-rig.ts';
import { channelSettings } from '../../support/notify-rig.ts';
import { fakeServices } from '../../support/notify-services.ts';

const SENDER = fileURLToPath(new URL('../../support/notify-sender.ts', import.meta.url));

/** A process that sends to a stand-in of Discord, and what carries on with its file when it has been killed. */
async function rig(point: string, count: number) {
  const folder = tempFolder();
  const file = join(folder, 'state.db');
  const services = await fakeServices();
  const settings = { channels: [channelSettings(services.origin, folder).discord] };
  const child = spawn(process.execPath, [SENDER, file, JSON.stringify(settings), point, `${count}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let promised = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    promised += text;
  });
  const killed = once(child, 'close').then(([, signal]) => {
    expect(signal).toBe('SIGKILL');
    return promised.split('\n').slice(0, -1);
  });
  const carryOn = async () => {
    // The lease of what was on its way has ended by then.
    const clock = fakeClock(Date.now() + 300_000);
    const outbox = new Outbox(file);
    onTestFinished(() => outbox.close());
    const [channel] = openChannels(notificationsSchema.parse(settings), {}, clock);
    if (channel === undefined) throw new Error('no channel');
    const courier = new Courier(channel, { outbox, clock, random: () => 1, log: () => undefined });
    while (outbox.waiting(channel.name) > 0) {
      const next = await courier.round(new AbortController().signal);
      if (Number.isFinite(next)) clock.advance(next - clock.now());
    }
  };
  /** How often each message arrived. */
  const arrived = () => Map.groupBy(services.bodies('discord'), (body) => /"(m\d+)"/.exec(JSON.stringify(body))?.[1]);
  return { services, child, killed, carryOn, arrived };
}

describe('a process that is killed', () => {
  it.each([
    ['when it is stored', 1],
    ['before a try', 1],
    // The one message that nobody can know of: the service has it, and we had no time to write that down.
    ['after the yes', 2],
  ])('%s loses no message', async (point, times) => {
    const { killed, carryOn, arrived } = await rig(point, 2);
    expect(await killed).toEqual(['m0', 'm1']);
    await carryOn();
    expect(arrived().get('m0')).toHaveLength(times);
    expect(arrived().get('m1')).toHaveLength(1);
  });

  it('while the service reads it loses no message', async () => {
    const { services, child, killed, carryOn, arrived } = await rig('', 2);
    services.answer = () => {
      services.answer = () => undefined;
      child.kill('SIGKILL');
      return 'hang';
    };
    await killed;
    await carryOn();
    expect(arrived().get('m0')).toHaveLength(2);
    expect(arrived().get('m1')).toHaveLength(1);
  });

  it('in the middle of many has each one that it was told of on disk', async () => {
    const { child, killed, carryOn, arrived } = await rig('when it is stored', 300);
    child.stdout.on('data', () => child.kill('SIGKILL'));
    const promised = await killed;
    expect(promised.length).toBeGreaterThan(0);
    await carryOn();
    const times = arrived();
    for (const id of promised) expect(times.get(id)).toHaveLength(1);
  });
});
