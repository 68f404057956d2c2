import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { Courier } from '../../../shared/notify/courier.ts';
import type { Notification } from '../../../shared/notify/notification.ts';
import { Outbox } from '../../../shared/notify/outbox.ts';
import { anApprovalWanted, notifyRig, theChannel } from '../../support/notify-rig.ts';
import { SECRETS } from '../../support/notify-services.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const message = (id: string, change: Partial<Notification> = {}): Notification =>
  anApprovalWanted({ id, approval: id, what: id, ...Object(change) });

/** The names of what arrived, in order. */
const arrived = (bodies: readonly unknown[]) =>
  bodies.map((body) => /What: (\S+)/.exec(JSON.stringify(body))?.[1]?.split('\\n')[0]);

describe('a message', () => {
  it('is carried once, however often it is told', async () => {
    const { notifier, round, services, clock } = await notifyRig();
    for (let i = 0; i < 3; i += 1) {
      notifier.notify(message('a'));
      await round();
      clock.advance(HOUR);
    }
    expect(arrived(services.bodies('ntfy'))).toEqual(['a']);
  });

  it('that was stored before a crash is carried after it', async () => {
    const { notifier, outbox, file, services, channels, options } = await notifyRig();
    notifier.notify(message('a'));
    outbox.close();
    const reopened = new Outbox(file);
    await new Courier(theChannel(channels, 'ntfy'), { ...options, outbox: reopened }).round(
      new AbortController().signal,
    );
    expect(arrived(services.bodies('ntfy'))).toEqual(['a']);
    expect(reopened.waiting('ntfy')).toBe(0);
    reopened.close();
  });

  it('that is urgent overtakes, and the others keep their order', async () => {
    const { notifier, round, services } = await notifyRig();
    for (const [id, severity] of [
      ['a', 'info'],
      ['b', 'warning'],
      ['c', 'warning'],
      ['d', 'critical'],
    ] as const)
      notifier.notify(message(id, { severity }));
    await round();
    expect(arrived(services.bodies('ntfy'))).toEqual(['d', 'b', 'c', 'a']);
  });

  it('that another process is carrying is left to it, until it must have ended', async () => {
    const { notifier, round, services, channels, clock, outbox } = await notifyRig();
    const channel = theChannel(channels, 'ntfy');
    notifier.notify(message('a'));
    const due = outbox.due(channel.name, clock.now());
    expect(due && outbox.claim(channel.name, due, clock.now(), clock.now() + MINUTE)).toBe(true);
    expect(due && outbox.claim(channel.name, due, clock.now(), clock.now() + MINUTE)).toBe(false);
    expect(await round()).toBe(MINUTE);
    expect(services.received).toEqual([]);
    clock.advance(MINUTE);
    await round();
    expect(arrived(services.bodies('ntfy'))).toEqual(['a']);
  });

  it('that cannot be stored is said to be lost, and whoever told it goes on', async () => {
    const { notifier, outbox, logged } = await notifyRig();
    outbox.close();
    notifier.notify(message('a'));
    expect(logged).toEqual([expect.stringMatching(/^notification a could not be stored The notifications/)]);
  });

  it.each([
    ['has a link that leads nowhere', { link: 'javascript:alert(1)' }],
    ['has no time', { at: Number.NaN }],
  ])('that %s is not stored, so that it holds up no other', async (_, change) => {
    const { notifier, outbox, logged } = await notifyRig();
    notifier.notify(message('a', change));
    expect(outbox.waiting('ntfy')).toBe(0);
    expect(logged).toEqual([expect.stringMatching(/^notification a could not be stored/)]);
  });

  it('of another version is given up, and holds up no other', async () => {
    const { notifier, round, services, file } = await notifyRig();
    notifier.notify(message('a', { severity: 'critical' }));
    notifier.notify(message('b'));
    const db = new Database(file);
    db.exec(`UPDATE notify_outbox SET body = replace(body, 'approval-wanted"', 'from-the-future"') WHERE id = 'a'`);
    db.close();
    await expect(round()).rejects.toThrow('Notification a is not one that this version knows');
    await round();
    expect(arrived(services.bodies('ntfy'))).toEqual(['b']);
  });

  it('whose text cannot be made fails alone', async () => {
    const { notifier, round, services, logged } = await notifyRig();
    notifier.notify(message('a', { expiresAt: Number.MAX_VALUE }));
    notifier.notify(message('b'));
    expect(await round()).toBe(5_000);
    expect(arrived(services.bodies('ntfy'))).toEqual(['b']);
    expect(logged).toEqual([expect.stringMatching(/The message could not be made/)]);
  });

  it('is forgotten after a month', async () => {
    const { notifier, round, services, clock } = await notifyRig();
    notifier.notify(message('a'));
    await round();
    clock.advance(31 * 24 * HOUR);
    notifier.notify(message('b'));
    notifier.notify(message('a'));
    await round();
    expect(arrived(services.bodies('ntfy'))).toEqual(['a', 'b', 'a']);
  });
});

describe('an outage', () => {
  it('is waited for longer and longer, is logged once, and loses nothing', async () => {
    const { notifier, round, services, clock, logged } = await notifyRig();
    services.answer = () => 'break';
    notifier.notify(message('a'));
    notifier.notify(message('b'));
    const pauses: number[] = [];
    for (let i = 0; i < 10; i += 1) {
      const pause = await round();
      pauses.push(pause);
      clock.advance(pause);
    }
    expect(pauses.map((ms) => ms / 1000)).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
    // One try an interval, however much waits.
    expect(services.received).toHaveLength(10);
    expect(logged).toEqual([expect.stringMatching(/^channel ntfy takes no notification; .* Cannot reach ntfy at/)]);
    services.answer = () => undefined;
    services.received.length = 0;
    notifier.notify(message('c'));
    await round();
    expect(arrived(services.bodies('ntfy')).sort()).toEqual(['a', 'b', 'c']);
    // The next one begins anew.
    services.answer = () => 'break';
    notifier.notify(message('d'));
    expect(await round()).toBe(5_000);
    expect(logged).toHaveLength(2);
  });

  it('of one channel holds up no other', async () => {
    const { notifier, round, services } = await notifyRig({ channels: { ntfy: {}, slack: {} } });
    services.answer = ({ service }) => (service === 'slack' ? 'break' : undefined);
    notifier.notify(message('a'));
    await round();
    expect(services.bodies('ntfy')).toHaveLength(1);
  });

  it('of more than a day ends in a line of the log, and what came later is still carried', async () => {
    const { notifier, round, services, clock, logged, outbox } = await notifyRig();
    services.answer = () => ({ status: 503 });
    notifier.notify(message('old'));
    clock.advance(12 * HOUR);
    notifier.notify(message('new'));
    for (let passed = 0; passed < 13 * HOUR; ) {
      const pause = await round();
      clock.advance(pause);
      passed += pause;
    }
    expect(logged.filter((line) => line.includes('given up'))).toEqual([
      expect.stringMatching(/^channel ntfy took 1 notification on no try of a day: given up: old /),
    ]);
    expect(outbox.waiting('ntfy')).toBe(1);
    services.answer = () => undefined;
    await round();
    expect(arrived(services.bodies('ntfy')).at(-1)).toBe('new');
  });

  it('of this machine for two days costs nothing: what waits is tried before it is given up', async () => {
    const { notifier, round, services, clock } = await notifyRig();
    notifier.notify(message('a'));
    clock.advance(48 * HOUR);
    await round();
    expect(arrived(services.bodies('ntfy'))).toEqual(['a']);
  });

  it('ends at once where the clock was set back meanwhile', async () => {
    const { notifier, round, services, clock } = await notifyRig();
    clock.advance(72 * HOUR);
    services.answer = () => 'break';
    notifier.notify(message('a'));
    await round();
    clock.advance(-72 * HOUR);
    services.answer = () => undefined;
    await round();
    expect(services.received).toHaveLength(2);
  });

  it('of one message, which the service does not understand, holds up no other', async () => {
    const { notifier, round, services, logged } = await notifyRig();
    services.answer = ({ body }) => (arrived([body])[0] === 'bad' ? { status: 400 } : undefined);
    notifier.notify(message('bad', { severity: 'critical' }));
    notifier.notify(message('good'));
    expect(await round()).toBe(5_000);
    expect(arrived(services.bodies('ntfy'))).toEqual(['bad', 'good']);
    expect(logged).toHaveLength(1);
  });

  it('shows no secret in the log, nor in what is stored of it', async () => {
    const all = { discord: {}, slack: {}, telegram: {}, ntfy: {} };
    const { notifier, round, services, logged, outbox } = await notifyRig({ channels: all });
    services.answer = ({ path }) => ({ status: 404, body: { message: `no ${path}`, description: `no ${path}` } });
    notifier.notify(message('a'));
    await round();
    const stored = Object.keys(all).map((name) => outbox.paused(name)?.problem);
    expect(logged).toHaveLength(4);
    for (const secret of Object.values(SECRETS)) expect(`${logged} ${stored}`).not.toContain(secret);
  });
});

describe('a limit', () => {
  it.each([
    ['discord', 25, MINUTE],
    ['slack', 1, 1_000],
    ['telegram', 18, MINUTE],
    ['ntfy', 12, MINUTE],
  ] as const)('of %s lets %d messages through, and the next after its time', async (name, messages, ms) => {
    const { notifier, round, services, clock } = await notifyRig({ channels: { [name]: {} } });
    for (let i = 0; i < messages + 1; i += 1) notifier.notify(message(`m${i}`));
    expect(await round()).toBe(ms);
    expect(services.received).toHaveLength(messages);
    clock.advance(ms);
    await round();
    expect(services.received).toHaveLength(messages + 1);
  });

  it('that a service asks for without a time is not tried again at once', async () => {
    const { notifier, round, services } = await notifyRig({ channels: { slack: {} } });
    services.answer = () => ({ status: 429, headers: { 'retry-after': '0' } });
    notifier.notify(message('a'));
    expect(await round()).toBe(5_000);
    expect(services.received).toHaveLength(1);
  });

  it('that a service asks for holds for the whole channel, exactly, over a restart, and is no outage', async () => {
    const { notifier, round, services, clock, logged, options, file, channels, outbox } = await notifyRig();
    services.answer = () => ({ status: 429, headers: { 'retry-after': '30' } });
    notifier.notify(message('a'));
    notifier.notify(message('b'));
    expect(await round()).toBe(30_000);
    outbox.close();
    services.answer = () => undefined;
    const reopened = new Outbox(file);
    const courier = new Courier(theChannel(channels, 'ntfy'), { ...options, outbox: reopened });
    const { signal } = new AbortController();
    clock.advance(29_999);
    await courier.round(signal);
    expect(services.received).toHaveLength(1);
    clock.advance(1);
    await courier.round(signal);
    expect(services.received).toHaveLength(3);
    expect(logged).toEqual([]);
    reopened.close();
  });
});

describe('quiet hours', () => {
  const quiet = { quiet_hours: { from: '22:00', until: '07:00', timezone: 'Europe/Berlin' } };

  it('hold back what is not urgent until they end, and then it comes', async () => {
    const start = Date.UTC(2026, 10, 24, 22, 30, 0);
    const { notifier, round, services, clock } = await notifyRig({ channels: { ntfy: quiet }, start });
    notifier.notify(message('later'));
    notifier.notify(message('now', { severity: 'critical' }));
    // 23:30 in Berlin: seven and a half hours to go.
    expect(await round()).toBe(7.5 * HOUR);
    expect(arrived(services.bodies('ntfy'))).toEqual(['now']);
    clock.advance(7.5 * HOUR - 1);
    await round();
    expect(services.received).toHaveLength(1);
    clock.advance(1);
    await round();
    expect(arrived(services.bodies('ntfy'))).toEqual(['now', 'later']);
  });

  it('hold back a retry as well', async () => {
    const start = Date.UTC(2026, 10, 24, 20, 59, 58);
    const { notifier, round, services, clock } = await notifyRig({ channels: { ntfy: quiet }, start });
    services.answer = () => 'break';
    notifier.notify(message('a'));
    clock.advance(await round());
    expect(await round()).toBeGreaterThan(8 * HOUR);
    expect(services.received).toHaveLength(1);
  });
});

describe('a filter', () => {
  const common = { at: 0, incident: 'i', alerts: [], severity: 'critical', namespaces: ['web-1'] } as const;
  const all: Notification[] = [
    message('approval'),
    { kind: 'incident-opened', ...common, id: 'incident' },
    message('elsewhere', { namespaces: ['bank'] }),
    message('nowhere', { namespaces: [], workflow: 'nightly' }),
  ];

  it.each([
    [{}, ['approval', 'incident', 'elsewhere', 'nowhere']],
    [{ kinds: ['incident-opened'] }, ['incident']],
    [{ min_severity: 'critical' }, ['incident']],
    [{ namespaces: ['shop', 'web-*'] }, ['approval', 'incident', 'nowhere']],
    [{ workflows: ['pod-*'] }, ['approval', 'incident', 'elsewhere']],
    [{ workflows: ['x'], namespaces: ['x'] }, []],
  ])('of %j lets pass what it names, and what belongs to none', async (filter, wanted) => {
    const { channels } = await notifyRig({ channels: { ntfy: filter } });
    expect(all.filter((one) => theChannel(channels, 'ntfy').wants(one)).map(({ id }) => id)).toEqual(wanted);
  });

  it('never stops a test', async () => {
    const { channels } = await notifyRig({ channels: { ntfy: { kinds: ['run-failed'], min_severity: 'critical' } } });
    const test: Notification = { kind: 'test', id: 't', at: 0, severity: 'info', namespaces: [], channel: 'ntfy' };
    expect(theChannel(channels, 'ntfy').wants(test)).toBe(true);
  });
});
