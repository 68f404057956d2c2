import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../shared/notify/deliver.ts';
import { retryAfterOf } from '../../../shared/notify/retry-after.ts';
import { anApprovalWanted, notifyRig, theChannel, told } from '../../support/notify-rig.ts';
import { type Reply, SECRETS, type ServiceName } from '../../support/notify-services.ts';

const NAMES = ['discord', 'slack', 'telegram', 'ntfy'] as const;
const ALL = { discord: {}, slack: {}, telegram: {}, ntfy: {} };

/** What a try says, whatever it says of a secret: none of them. */
async function tried(name: ServiceName, answer: Reply | 'break'): Promise<Delivery> {
  const { channels, services } = await notifyRig({ channels: { [name]: {} } });
  services.answer = () => answer;
  const delivery = await theChannel(channels, name).send(anApprovalWanted());
  expectNoSecret(delivery);
  return delivery;
}

function expectNoSecret(delivery: Delivery): void {
  const all = `${JSON.stringify(delivery)} ${delivery.kind === 'failed' ? told(delivery.problem) : ''}`;
  for (const secret of Object.values(SECRETS)) expect(all).not.toContain(secret);
}

describe('one try', () => {
  it.each(NAMES)('goes to %s, and names the host that took it', async (name) => {
    const { channels, services } = await notifyRig({ channels: ALL });
    const delivery = await theChannel(channels, name).send(anApprovalWanted());
    expect(delivery).toMatchObject({ kind: 'delivered', to: expect.stringMatching(/ at 127\.0\.0\.1:\d+$/) });
    expectNoSecret(delivery);
    expect(services.received).toMatchObject([
      { service: name, headers: { 'content-type': 'application/json', 'content-length': expect.any(String) } },
    ]);
  });

  it('signs in to ntfy with its token, and to no other by a header', async () => {
    const { channels, services } = await notifyRig({ channels: ALL });
    for (const channel of channels) await channel.send(anApprovalWanted());
    expect(services.received.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      undefined,
      undefined,
      `Bearer ${SECRETS.ntfy}`,
    ]);
  });

  it.each([
    ['discord', 404, { message: 'Unknown Webhook', code: 10015 }, /Unknown Webhook \(HTTP 404\)/, true],
    ['slack', 404, 'no_service', /no_service \(HTTP 404\)/, true],
    ['slack', 403, 'action_prohibited', /action_prohibited \(HTTP 403\)/, true],
    ['telegram', 401, { ok: false, description: 'Unauthorized' }, /Unauthorized \(HTTP 401\)/, true],
    ['telegram', 400, { ok: false, description: 'Bad Request: chat not found' }, /chat not found \(HTTP 400\)/, false],
    ['ntfy', 403, { code: 40301, http: 403, error: 'forbidden' }, /forbidden \(HTTP 403\)/, true],
    ['ntfy', 500, '<html>oops</html>', /it gives no reason \(HTTP 500\)/, true],
  ] as const)('that %s refuses with %d says why', async (name, status, body, message, everyMessage) => {
    const delivery = await tried(name, { status, body });
    expect(delivery).toMatchObject({
      kind: 'failed',
      problem: { message: expect.stringMatching(message), hint: expect.stringMatching(/\S/) },
      everyMessage,
    });
  });

  it.each(NAMES)('that a sign-in page answers instead of %s has failed', async (name) => {
    expect(await tried(name, { status: 200, body: '<html>Sign in</html>' })).toMatchObject({
      kind: 'failed',
      problem: { hint: expect.stringContaining('sign-in page') },
    });
  });

  it.each(NAMES)('that %s redirects is not followed', async (name) => {
    const { channels, services } = await notifyRig({ channels: { [name]: {} } });
    services.answer = () => ({ status: 302, headers: { location: `${services.origin}/elsewhere` } });
    expect(await theChannel(channels, name).send(anApprovalWanted())).toMatchObject({ kind: 'failed' });
    expect(services.received).toHaveLength(1);
  });

  it.each(NAMES)('that breaks off names the host of %s alone', async (name) => {
    expect(await tried(name, 'break')).toMatchObject({
      problem: { code: 'unreachable', message: expect.stringMatching(/Cannot reach .* at 127\.0\.0\.1:\d+/) },
      everyMessage: true,
    });
  });

  it.each(NAMES)('that is answered with our own secret shows it to nobody: %s', async (name) => {
    await tried(name, { status: 400, body: { description: `no /x/${SECRETS[name]}` } });
  });
});

describe('a service that wants to be left alone', () => {
  it.each([
    ['discord', { body: { message: 'You are being rate limited.', retry_after: 0.65, global: false } }, 650],
    ['slack', { headers: { 'retry-after': '30' }, body: 'rate_limited' }, 30_000],
    ['telegram', { body: { ok: false, description: 'Too Many Requests', parameters: { retry_after: 7 } } }, 7_000],
    ['ntfy', { headers: { 'retry-after': '5' }, body: { code: 42901, error: 'limit reached' } }, 5_000],
  ] as const)('is: %s', async (name, reply, retryAfter) => {
    expect(await tried(name, { status: 429, ...reply })).toMatchObject({ everyMessage: true, retryAfter });
  });

  it.each([
    ['120', 120_000],
    ['Tue, 24 Nov 2026 06:00:30 GMT', 30_000],
    ['Tue, 24 Nov 2026 05:00:00 GMT', undefined],
    ['0', undefined],
    ['999999999', 86_400_000],
    ['soon', undefined],
    [undefined, undefined],
  ])('says so by the header %s', (retryAfter, wanted) => {
    expect(retryAfterOf({ json: undefined, retryAfter }, Date.UTC(2026, 10, 24, 6, 0, 0))).toBe(wanted);
  });
});

describe('a secret', () => {
  it('that has been changed counts with the next message', async () => {
    const { channels, services, folder } = await notifyRig();
    writeFileSync(join(folder, 'ntfy'), 'tk_another');
    await theChannel(channels, 'ntfy').send(anApprovalWanted());
    expect(services.received[0]?.headers.authorization).toBe('Bearer tk_another');
  });

  it.each([
    ['discord', undefined, /discord cannot be read \(ENOENT\)/],
    ['slack', '', /its webhook is empty/],
    ['slack', `xoxb-${SECRETS.slack}`, /its webhook is no https address/],
    ['discord', `http://chat.example/api/webhooks/1/${SECRETS.discord}`, /its webhook is no https address/],
    ['telegram', `bot${SECRETS.telegram}`, /its token is not one of a bot/],
    ['telegram', 'two\nlines', /its token is not one line/],
  ] as const)('of %s that cannot be used is shown nowhere: %#', async (name, content, message) => {
    const { channels, services, folder } = await notifyRig({ channels: { [name]: {} } });
    if (content === undefined) rmSync(join(folder, name));
    else writeFileSync(join(folder, name), content);
    const delivery = await theChannel(channels, name).send(anApprovalWanted());
    expect(delivery).toMatchObject({ problem: { code: 'config_invalid', message: expect.stringMatching(message) } });
    expectNoSecret(delivery);
    expect(services.received).toEqual([]);
  });
});
