import { describe, expect, it } from 'vitest';
import { EMPTY, knownOf, withTaken } from '../../daemon/incidents/dossier.ts';
import type { Incident, Known, Taken } from '../../daemon/incidents/incident.ts';
import { SharedIncidents } from '../../daemon/incidents/shared.ts';
import { take } from '../../daemon/incidents/take.ts';
import type { DaemonState } from '../../shared/control-plane/ports.ts';
import { stateAtDashboard, stateInMemory } from '../support/daemon-state.ts';
import { anAlert, type IncidentsRig, incidentsRig, minute } from './incidents-rig.ts';

const PLACES = [
  ['in SQLite', async () => stateInMemory()],
  ['at a dashboard', () => stateAtDashboard()],
] as const;

/** A daemon that is killed at its write number `n`: before it, or when it has happened and nobody knows. */
function killedAt(n: number, moment: 'before' | 'after', state: DaemonState): DaemonState {
  let writes = 0;
  return {
    get: (part, key) => state.get(part, key),
    list: (part) => state.list(part),
    due: (part, by) => state.due(part, by),
    swap: async (...document) => {
      writes += 1;
      if (writes === n && moment === 'after') await state.swap(...document);
      if (writes >= n) throw new Error('killed');
      return state.swap(...document);
    },
  };
}

/** A pod of shop/web crashes, another one does, and both are well again. */
async function story(rig: IncidentsRig, hear: (rig: IncidentsRig) => Promise<void>): Promise<void> {
  const other = { pod: 'web-7d4b9c6f5d-b2b2b' };
  const notices = [
    [anAlert()],
    [anAlert({ labels: other, startsAt: minute(1) })],
    [anAlert({ status: 'resolved' }), anAlert({ labels: other, startsAt: minute(1), status: 'resolved' })],
  ];
  for (const alerts of notices) {
    rig.clock.advance(1_000);
    await rig.inbox.receive('{}', alerts, rig.clock.now());
    await hear(rig);
  }
}

/** Whoever does it has to bear it twice; what counts is what there is in the end. */
const kinds = ({ done }: IncidentsRig) => [...new Set(done.map(({ kind, alert }) => `${kind} ${alert.labels.pod}`))];

describe.each(PLACES)('incidents %s', (_, open) => {
  it('end the same wherever a daemon is killed, and however often what it knew comes again', {
    timeout: 90_000,
  }, async () => {
    const whole = incidentsRig({ state: await open() });
    await story(whole, async (rig) => {
      await rig.daemon().takeIn(rig.inbox, rig.workflows);
      await rig.deliver();
    });
    for (const moment of ['before', 'after'] as const) {
      for (let n = 1; n <= 5; n += 1) {
        const state = await open();
        const rig = incidentsRig({ state });
        await story(rig, async () => {
          const dying = rig.daemon({ store: new SharedIncidents(killedAt(n, moment, state)) });
          await dying.takeIn(rig.inbox, rig.workflows).catch(() => undefined);
          await rig.daemon().takeIn(rig.inbox, rig.workflows);
          await rig.deliver();
        });
        expect(await rig.store.list(), `killed ${moment} write ${n}`).toMatchObject([
          { alerts: 2, firing: [], resolvedAt: rig.clock.now() },
        ]);
        expect(kinds(rig)).toEqual(kinds(whole));
        expect(await rig.inbox.waiting()).toEqual([]);
      }
    }
  });

  it('are one for daemons that hear of one owner at once, and every alert belongs to it', async () => {
    const state = await open();
    const rig = incidentsRig({ state });
    const news = Array.from({ length: 6 }, (_each, n) => {
      const alert = anAlert({ labels: { pod: `web-7d4b9c6f5d-${'bcdfgh'[n]}2b2b` } });
      return { entry: `in-${n}`, version: 1, alert };
    });
    const daemons = [...news, ...news].map((one) => {
      const daemon = rig.daemon({ store: new SharedIncidents(state) });
      return daemon.take(one, rig.workflows);
    });
    const runs = await Promise.all(daemons);
    await rig.deliver();
    expect(new Set(runs).size).toBe(1);
    expect(await rig.store.list()).toMatchObject([{ run: runs[0], alerts: 6 }]);
    expect((await rig.store.list())[0]?.firing.toSorted()).toEqual(news.map(({ entry }) => entry));
    expect(rig.done.map(({ kind }) => kind)).toEqual(['start', 'joined', 'joined', 'joined', 'joined', 'joined']);
  });

  it('are found by an entry whose owner has another name by now, and by their run', async () => {
    const state = await open();
    const rig = incidentsRig({ state });
    await rig.inbox.receive('{}', [anAlert()], rig.clock.now());
    await rig.daemon().takeIn(rig.inbox, rig.workflows);
    await rig.inbox.receive('{}', [anAlert({ status: 'resolved' })], rig.clock.now());
    const renamed = rig.daemon({ ownerOf: async () => ({ kind: 'Pod', namespace: 'shop', name: 'who-knows' }) });
    await renamed.takeIn(rig.inbox, rig.workflows);
    const [incident] = await rig.store.list();
    expect(incident).toMatchObject({ key: 'shop/web', firing: [] });
    expect(await rig.store.ofRun(incident?.run ?? '')).toEqual(incident);
    expect(await rig.store.ofRun('run-none')).toBeUndefined();
  });

  it('of owners with names that are no names are kept like all others', async () => {
    const rig = incidentsRig({ state: await open() });
    for (const namespace of ['a\u0000b', 'x'.repeat(5_000), '../“ü”#1', ' ']) {
      await rig.hear(anAlert({ labels: { namespace } }));
      await rig.hear(anAlert({ labels: { namespace }, status: 'resolved' }));
    }
    expect((await rig.store.list()).map(({ firing }) => firing)).toEqual([[], [], [], []]);
    expect(await rig.store.effects()).toEqual([]);
    expect(rig.done).toHaveLength(8);
  });
});

describe('what is kept of one owner', () => {
  const opened = (n: number, firing: readonly string[]): Incident => ({
    ...{ run: `run-${n}`, key: 'shop/web', workflow: 'w', openedAt: n, newsAt: n, alerts: 1, firing: [...firing] },
  });
  const starts = (n: number) => (): Taken => ({
    incident: opened(n, [`in-${n}`]),
    effect: { kind: 'start', run: `run-${n}`, key: 'shop/web', workflow: 'w', alert: anAlert() },
  });
  const ends =
    (n: number) =>
    ({ incident }: Known): Taken => ({
      incident: incident ?? opened(n, []),
      effect: { kind: 'resolved', run: `run-${n}`, key: 'shop/web', alert: anAlert(), left: 0 },
    });

  it('has an end, and leaves no notes behind', async () => {
    const state = stateInMemory();
    const store = new SharedIncidents(state);
    for (let n = 1; n <= 120; n += 1) {
      await store.take(`in-${n}`, 1, 'shop/web', starts(n));
      await store.take(`in-${n}`, 2, 'shop/web', () => ({ ...ends(n)({ key: '' }), incident: opened(n, []) }));
      for (const { id } of await store.effects()) await store.done(id);
    }
    const runs = (await store.list(1_000)).map(({ run }) => run);
    expect(runs).toHaveLength(51);
    expect(runs[0]).toBe('run-120');
    expect(await store.ofRun('run-1')).toBeUndefined();
    expect(await state.list('incident-homes')).toHaveLength(2 * 51);
    expect(await store.prune(1_000)).toBe(51);
    expect(await state.list('incident-homes')).toEqual([]);
    expect(await state.list('incidents')).toEqual([]);
  });

  it('fits into a document in a storm that nobody is told of, and what starts a run is never left out', () => {
    const flood = { summary: 'ü\u0000'.repeat(20_000), description: 'x'.repeat(20_000) };
    let dossier = EMPTY;
    for (let n = 1; n <= 1_200; n += 1) {
      const alert = { ...anAlert({ labels: { n: `${n}` } }), ...(n % 10 === 0 && { annotations: flood }) };
      const news = { entry: `in-${n}`, version: 1, alert };
      const taken = take(news, knownOf(dossier, news.entry, 'shop/web'), { workflow: 'w', now: n });
      dossier = withTaken(dossier, news, taken, `effect-${n}`);
    }
    const effects = dossier.effects.map(({ effect }) => effect);
    expect(effects.map(({ kind }) => kind)).toEqual(['start', ...Array(30).fill('joined')]);
    expect(effects.at(-1)?.alert.labels).toMatchObject({ alertname: 'KubePodCrashLooping', n: '1200' });
    expect(Math.max(...effects.map(({ alert }) => Buffer.byteLength(JSON.stringify(alert))))).toBeLessThan(4_097);
    expect(dossier.incidents).toMatchObject([{ alerts: 1_200 }]);
    expect(Buffer.byteLength(JSON.stringify(dossier))).toBeLessThan(200 * 1024);
  });

  it('keeps an incident that somebody still has to hear of, however old it is', async () => {
    const store = new SharedIncidents(stateInMemory());
    await store.take('in-1', 1, 'shop/web', starts(1));
    expect(await store.prune(1_000)).toBe(0);
    for (const { id } of await store.effects()) await store.done(id);
    expect(await store.prune(1_000)).toBe(1);
  });
});
