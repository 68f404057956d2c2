import { describe, expect, it } from 'vitest';
import type { Notification } from '../../shared/notify/notification.ts';
import type { RunEvent } from '../../shared/workflow/events.ts';
import { announceRig, MINUTE, REMEDY } from './announce-rig.ts';

type Rig = ReturnType<typeof announceRig>;
type Made = { [K in RunEvent['type']]: Omit<Extract<RunEvent, { type: K }>, 'at'> }[RunEvent['type']];

/** Puts events at the end of a run. */
async function goesOn({ runs }: Rig, run: string, ...events: readonly Made[]) {
  for (const event of events) await runs.record(run, (_, at) => ({ ...event, at }));
  return runs.get(run);
}

const ADMITTED: Made = { type: 'admitted' };
const STARTED: Made = { type: 'step-started', step: 'look', attempt: 1, deadline: 9e12, by: 'pi5:1' };
const DONE: Made = { type: 'step-finished', step: 'look', attempt: 1, answer: {} };
const CHANGED: Made = { ...DONE, changed: 'something' };
const LOST: Made = { type: 'step-failed', step: 'look', attempt: 1, reason: 'no answer', changed: 'nothing' };
const ended = (status: 'succeeded' | 'failed' | 'cancelled' | 'timed-out', reason = ''): Made => ({
  ...{ type: 'ended', status, reason, outputs: {} },
});

describe('an incident', () => {
  it('is told when it is opened, once, however often it is said', async () => {
    const rig = announceRig();
    const { announcer, look, start } = rig.daemon();
    const { run, alert } = await rig.incident('web', { severity: 'critical' });
    const opened = { run, key: 'shop/web', workflow: 'remedy', alert };
    announcer.incidentOpened(opened);
    announcer.incidentOpened(opened);
    expect(await look()).toMatchObject([
      {
        ...{ kind: 'incident-opened', severity: 'critical', incident: 'shop/web', alerts: ['KubePodCrashLooping'] },
        ...{ workflow: 'remedy', namespaces: ['shop'], link: 'https://k8s.lan/runs/run-web' },
      },
    ]);
    const again = start();
    again.incidentOpened(opened);
    expect(await look(again)).toEqual([]);
  });

  it('is told by whoever leads then where its daemon died before it could', async () => {
    const rig = announceRig();
    const { run } = await rig.incident();
    const state = await goesOn(rig, run, ADMITTED, STARTED, LOST, ended('failed', 'step look failed: no answer'));
    rig.clock.advance(30 * MINUTE);
    const other = rig.daemon('laptop');
    expect((await other.look()).map(({ kind }) => kind)).toEqual(['incident-opened', 'incident-closed']);
    // It was no news any more after an hour.
    expect(state.status).toBe('failed');
    const later = announceRig();
    await later.incident();
    later.clock.advance(61 * MINUTE);
    expect(await later.daemon().look()).toEqual([]);
  });

  const CASES: readonly (readonly [
    string,
    readonly Made[],
    Partial<Extract<Notification, { kind: 'incident-closed' }>>,
  ])[] = [
    [
      'solved and verified',
      [STARTED, CHANGED, { type: 'verified', result: 'cleared', detail: 'the alert is gone' }, ended('succeeded')],
      { outcome: 'solved, and verified: the alert is gone' },
    ],
    [
      'not solved',
      [
        ...[STARTED, CHANGED, { type: 'verified', result: 'not-cleared', detail: 'it still fires' } as const],
        ended('failed', 'it did not help: it still fires'),
      ],
      { outcome: 'failed: it did not help: it still fires', remains: '1 alert of it still fires' },
    ],
    [
      'looked at only',
      [STARTED, DONE, ended('succeeded')],
      { outcome: 'nothing was changed', remains: '1 alert of it still fires' },
    ],
    [
      'cancelled',
      [{ type: 'cancel-requested', by: 'ada', reason: 'false alarm' }, ended('cancelled')],
      { outcome: 'cancelled by ada: false alarm', remains: '1 alert of it still fires' },
    ],
    [
      'not finished',
      [ended('timed-out', 'it took too long')],
      { outcome: 'not finished: it took too long', remains: '1 alert of it still fires' },
    ],
  ];
  it.each(CASES)('that is %s says so when it is closed, and how long it lasted', async (_, events, said) => {
    const rig = announceRig();
    const { announcer, look } = rig.daemon();
    const { run } = await rig.incident();
    await look();
    rig.clock.advance(10 * MINUTE);
    const state = await goesOn(rig, run, ADMITTED, ...events);
    await announcer.runEnded(state);
    const [closed, ...rest] = await look();
    expect(rest).toEqual([]);
    expect(closed).toMatchObject({
      ...{ kind: 'incident-closed', incident: 'shop/web', workflow: 'remedy', openedAt: rig.clock.now() - 10 * MINUTE },
      ...said,
    });
    if (!('remains' in said)) expect(closed).not.toHaveProperty('remains');
  });

  it('that has resolved by itself says that nothing was changed', async () => {
    const rig = announceRig();
    const { announcer, look } = rig.daemon();
    const { run, alert } = await rig.incident();
    await look();
    await announcer.runEnded(
      await goesOn(rig, run, ADMITTED, { type: 'alert-resolved', alert, left: 0 }, STARTED, DONE, ended('succeeded')),
    );
    const [closed] = await look();
    expect(closed).toMatchObject({ outcome: 'resolved by itself; nothing was changed' });
    expect(closed).not.toHaveProperty('remains');
  });

  it('of a flood is told together with the others, in a message a minute', async () => {
    const rig = announceRig();
    const { announcer, look } = rig.daemon();
    const open = async (...names: readonly string[]) => {
      for (const name of names) {
        const { run, alert } = await rig.incident(name);
        announcer.incidentOpened({ run, key: `shop/${name}`, workflow: 'remedy', alert });
      }
    };
    await open('a', 'b');
    expect(await look()).toHaveLength(2);
    await open('c', 'd', 'e');
    expect(await look()).toEqual([]);
    rig.clock.advance(MINUTE / 2);
    await open('f', 'g');
    expect(await look()).toEqual([]);
    rig.clock.advance(MINUTE / 2);
    const [all, ...rest] = await look();
    expect(rest).toEqual([]);
    expect(all).toMatchObject({
      ...{
        kind: 'incident-opened',
        alerts: ['KubePodCrashLooping'],
        namespaces: ['shop'],
        link: 'https://k8s.lan/runs',
      },
      incident: '5 of them: shop/c, shop/d, shop/e, shop/f, shop/g',
    });
    expect(await look()).toEqual([]);
    rig.clock.advance(MINUTE);
    for (const [n, name] of ['a', 'b', 'c', 'd'].entries())
      await announcer.runEnded(
        await goesOn(
          rig,
          `run-${name}`,
          ADMITTED,
          STARTED,
          ...(n === 0 ? [LOST, ended('failed', 'why')] : [DONE, ended('succeeded')]),
        ),
      );
    expect(await look()).toMatchObject([
      {
        ...{ kind: 'incident-closed', outcome: '1 failed: why; 3 nothing was changed' },
        remains: 'alerts of shop/a, shop/b, shop/c, shop/d still fire',
      },
    ]);
  });

  it('of a flood is told once by two daemons that see it', async () => {
    const rig = announceRig();
    for (const name of ['a', 'b', 'c', 'd', 'e']) await rig.incident(name);
    const [one, two] = [rig.daemon('pi5'), rig.daemon('laptop')];
    const heard = (await Promise.all([one.look(), two.look()])).flat();
    expect(heard).toMatchObject([{ incident: '5 of them: shop/a, shop/b, shop/c, shop/d, shop/e' }]);
  });
});

describe('a run that has failed', () => {
  const start = async (rig: Rig, cause: Parameters<Rig['runs']['start']>[1]['cause'], ...events: readonly Made[]) => {
    const { run } = await rig.runs.start(REMEDY, { cause });
    return goesOn(rig, run, ADMITTED, ...events);
  };
  const FAILED = [STARTED, LOST, ended('failed', 'step look failed: no answer')];
  const SCHEDULE = { kind: 'schedule', by: 'the daemon' } as const;

  it('is told with its step and the reason, once', async () => {
    const rig = announceRig();
    const { announcer, look } = rig.daemon();
    const state = await start(rig, SCHEDULE, ...FAILED);
    await announcer.runEnded(state);
    await announcer.runEnded(state);
    expect(await look()).toMatchObject([
      {
        ...{ kind: 'run-failed', run: state.run, workflow: 'remedy', step: 'look', severity: 'warning' },
        ...{ reason: 'step look failed: no answer', link: `https://k8s.lan/runs/${state.run}` },
      },
    ]);
    expect(await look()).toEqual([]);
  });

  it('is found by the daemon that leads where another one drove it, also by the hand of a person', async () => {
    const rig = announceRig();
    const { look, announcer, state } = rig.daemon();
    state.leads = false;
    const { run } = await start(rig, { kind: 'manual', by: 'ada' }, ...FAILED);
    await announcer.runEnded(await rig.runs.get(run));
    expect(await look()).toEqual([]);
    state.leads = true;
    rig.clock.advance(MINUTE);
    expect(await look()).toMatchObject([{ kind: 'run-failed', run }]);
  });

  it('is no news where a person sees it in their chat, has cancelled it, or where it went well', async () => {
    const rig = announceRig();
    const inChat: Made = { type: 'step-started', step: 'look', attempt: 1, deadline: 9e12 };
    await start(rig, { kind: 'manual', by: 'ada' }, inChat, LOST, ended('failed', 'no answer'));
    await start(rig, SCHEDULE, { type: 'cancel-requested', by: 'ada', reason: 'x' }, ended('cancelled'));
    await start(rig, SCHEDULE, STARTED, DONE, ended('succeeded'));
    expect(await rig.daemon().look()).toEqual([]);
  });
});
