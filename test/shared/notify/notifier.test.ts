import { expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { openChannels } from '../../../shared/notify/channel.ts';
import { Notifier } from '../../../shared/notify/notifier.ts';
import { notificationsSchema } from '../../../shared/notify/settings.ts';
import { anApprovalWanted, channelSettings, notifyRig } from '../../support/notify-rig.ts';

/** A notifier that runs, in real time, until the test ends. */
async function running() {
  const { services, folder, options, logged, outbox } = await notifyRig();
  const { slack, ntfy } = channelSettings(services.origin, folder);
  const channels = openChannels(notificationsSchema.parse({ channels: [slack, ntfy] }), {}, systemClock);
  const notifier = new Notifier(channels, { ...options, clock: systemClock });
  const stop = new AbortController();
  const ended = notifier.run(stop.signal);
  onTestFinished(() => {
    stop.abort();
  });
  return { services, notifier, logged, outbox, stop, ended };
}

it('carries a message at once, and holds up nobody', async () => {
  const { services, notifier } = await running();
  notifier.notify(anApprovalWanted());
  // The caller goes on before anything is sent.
  expect(services.received).toEqual([]);
  await vi.waitFor(() => expect(services.received).toHaveLength(2), 10_000);
});

it('carries on with one channel while another is silent', async () => {
  const { services, notifier } = await running();
  services.answer = ({ service }) => (service === 'slack' ? 'hang' : undefined);
  notifier.notify(anApprovalWanted({ id: 'a' }));
  await vi.waitFor(() => expect(services.received).toHaveLength(2), 10_000);
  notifier.notify(anApprovalWanted({ id: 'b' }));
  await vi.waitFor(() => expect(services.bodies('ntfy')).toHaveLength(2), 10_000);
  expect(services.bodies('slack')).toHaveLength(1);
});

it('ends when it is told to, with what is on its way', async () => {
  const { services, notifier, stop, ended, outbox } = await running();
  services.answer = () => {
    stop.abort();
    return undefined;
  };
  notifier.notify(anApprovalWanted());
  await ended;
  expect(outbox.waiting('slack') + outbox.waiting('ntfy')).toBeLessThanOrEqual(1);
});

it('goes on where the outbox cannot be read, and says so', async () => {
  const { notifier, outbox, logged } = await running();
  outbox.close();
  notifier.notify(anApprovalWanted());
  expect(logged).toHaveLength(1);
});
