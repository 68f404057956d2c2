import { describe, expect, it } from 'vitest';
import type { Effect } from '../../daemon/incidents/incident.ts';
import { announceRig, MINUTE, REMEDY } from './announce-rig.ts';

type Rig = ReturnType<typeof announceRig>;

const HOUR = 60 * MINUTE;

/** Its run has failed, five minutes after it began, and people know that its alert goes on. */
async function failed(rig: Rig, daemon: ReturnType<Rig['daemon']>, name = 'web') {
  const { run, alert } = await rig.incident(name, { severity: 'critical' });
  daemon.announcer.incidentOpened({ run, key: `shop/${name}`, workflow: 'remedy', alert });
  rig.clock.advance(5 * MINUTE);
  await end(rig, run);
  await daemon.announcer.runEnded(await rig.runs.get(run));
  expect((await daemon.look()).map(({ kind }) => kind)).toEqual(['incident-opened', 'incident-closed']);
  return { run, alert };
}

async function end({ runs }: Rig, run: string): Promise<void> {
  await runs.record(run, (_, at) => ({ type: 'ended', at, status: 'failed', reason: 'no answer', outputs: {} }));
}

async function delivered({ incidents }: Rig): Promise<void> {
  for (const { id } of await incidents.effects()) await incidents.done(id);
}

describe('an incident whose run has failed', () => {
  it('is told a second time when its alerts resolve, however long after', async () => {
    const rig = announceRig();
    const daemon = rig.daemon();
    const { run } = await failed(rig, daemon);
    rig.clock.advance(9 * HOUR);
    await rig.becomes('web', { firing: [], resolvedAt: rig.clock.now() });
    await daemon.announcer.incidentChanged(run);
    const [closed, ...rest] = await daemon.look();
    expect(rest).toEqual([]);
    expect(closed).toMatchObject({
      ...{ kind: 'incident-closed', severity: 'critical', workflow: 'remedy', namespaces: ['shop'] },
      ...{ outcome: 'its alerts have resolved (failed: no answer)', link: 'https://k8s.lan/runs/run-web' },
      ...{ at: rig.clock.now(), openedAt: rig.clock.now() - 9 * HOUR - 5 * MINUTE },
    });
    expect(closed).not.toHaveProperty('remains');
    await daemon.announcer.incidentChanged(run);
    rig.clock.advance(MINUTE);
    expect(await daemon.look()).toEqual([]);
    expect(await daemon.look(daemon.start())).toEqual([]);
  });

  it('is told by whoever leads then, once, where the daemon died that heard of it', async () => {
    const rig = announceRig();
    await failed(rig, rig.daemon());
    rig.clock.advance(9 * HOUR);
    await rig.becomes('web', { firing: [], resolvedAt: rig.clock.now() });
    rig.clock.advance(30 * MINUTE);
    const [one, other] = [rig.daemon('pi4'), rig.daemon('laptop')];
    const heard = (await Promise.all([one.look(), other.look()])).flat();
    expect(heard.map(({ kind }) => kind)).toEqual(['incident-closed']);
  });

  it('is told once alone where they have resolved before anybody was told of its end', async () => {
    const rig = announceRig();
    const daemon = rig.daemon();
    const { run } = await rig.incident();
    await end(rig, run);
    rig.clock.advance(MINUTE);
    await daemon.announcer.runEnded(await rig.runs.get(run));
    await rig.becomes('web', { firing: [], resolvedAt: rig.clock.now() });
    await daemon.announcer.incidentChanged(run);
    const closed = (await daemon.look()).filter(({ kind }) => kind === 'incident-closed');
    expect(closed).toMatchObject([{ outcome: 'its alerts have resolved (failed: no answer)' }]);
    rig.clock.advance(MINUTE);
    expect(await daemon.look(daemon.start())).toEqual([]);
  });

  it('is not told a second time where its run goes on, or has seen that it is solved', async () => {
    const rig = announceRig();
    const daemon = rig.daemon();
    const { run } = await rig.incident('api');
    await rig.runs.record(run, (_, at) => ({ type: 'admitted', at }));
    await rig.becomes('api', { firing: [], resolvedAt: rig.clock.now() });
    expect((await daemon.look()).map(({ kind }) => kind)).toEqual(['incident-opened']);
    const step = { step: 'look', attempt: 1 };
    await rig.runs.record(run, (_, at) => ({ type: 'step-started', at, ...step, deadline: 9e12 }));
    await rig.runs.record(run, (_, at) => ({ type: 'step-finished', at, ...step, answer: {}, changed: 'something' }));
    await rig.runs.record(run, (_, at) => ({ type: 'verified', at, result: 'cleared', detail: 'gone' }));
    await rig.runs.record(run, (_, at) => ({ type: 'ended', at, status: 'succeeded', reason: '', outputs: {} }));
    await daemon.announcer.runEnded(await rig.runs.get(run));
    rig.clock.advance(MINUTE);
    await rig.becomes('api', { resolvedAt: rig.clock.now() });
    await daemon.announcer.incidentChanged(run);
    expect((await daemon.look()).map(({ id }) => id)).toEqual(['incident-closed run-api']);
    rig.clock.advance(MINUTE);
    expect(await daemon.look(daemon.start())).toEqual([]);
  });
});

describe('an incident that becomes worse', () => {
  const worse = (at: number) => ({ at, what: 'KubePodNotReady: it is not ready', severity: 'critical' }) as const;

  it('is told once for each rise, by whichever daemon, and its end is as loud', async () => {
    const rig = announceRig();
    const daemon = rig.daemon();
    const { run } = await rig.incident('web', { severity: 'warning' });
    await daemon.look();
    rig.clock.advance(3 * MINUTE);
    const at = rig.clock.now();
    await rig.becomes('web', { severity: 'critical', worse: { ...worse(at), was: 'warning' } });
    const other = rig.daemon('laptop');
    await Promise.all([daemon, other].map(({ announcer }) => announcer.incidentChanged(run)));
    const heard = (await Promise.all([daemon.look(), other.look()])).flat();
    expect(heard).toMatchObject([
      {
        ...{ kind: 'incident-worse', severity: 'critical', incident: 'shop/web', before: 'warning', at },
        ...{ alerts: ['KubePodNotReady: it is not ready'], openedAt: at - 3 * MINUTE, workflow: 'remedy' },
        ...{ link: 'https://k8s.lan/runs/run-web' },
      },
    ]);
    rig.clock.advance(MINUTE);
    expect([await daemon.look(daemon.start()), await other.look(other.start())]).toEqual([[], []]);
    await end(rig, run);
    await daemon.announcer.runEnded(await rig.runs.get(run));
    expect(await daemon.look()).toMatchObject([{ kind: 'incident-closed', severity: 'critical' }]);
  });

  it('after people believed that it was over says so, and is told again when that is over', async () => {
    const rig = announceRig();
    const daemon = rig.daemon();
    const { run } = await failed(rig, daemon);
    const heard = async () => {
      await daemon.announcer.incidentChanged(run);
      return daemon.look();
    };
    rig.clock.advance(MINUTE);
    await rig.becomes('web', { firing: [], resolvedAt: rig.clock.now() });
    expect(await heard()).toMatchObject([{ kind: 'incident-closed' }]);
    rig.clock.advance(MINUTE);
    await rig.becomes('web', { firing: ['b'], worse: worse(rig.clock.now()) });
    expect(await heard()).toMatchObject([{ kind: 'incident-worse', before: 'over' }]);
    rig.clock.advance(MINUTE);
    await rig.becomes('web', { firing: [], resolvedAt: rig.clock.now() });
    expect(await heard()).toMatchObject([{ kind: 'incident-closed' }]);
    expect(await heard()).toEqual([]);
  });

  it('of a flood is told together with the others', async () => {
    const rig = announceRig();
    const daemon = rig.daemon();
    const names = ['a', 'b', 'c', 'd'];
    for (const name of names) await rig.incident(name);
    await daemon.look();
    rig.clock.advance(MINUTE);
    for (const name of names)
      await rig.becomes(name, { severity: 'critical', worse: { ...worse(rig.clock.now()), was: 'warning' } });
    const [all, ...rest] = await daemon.look();
    expect(rest).toEqual([]);
    expect(all).toMatchObject({ kind: 'incident-worse', incident: '4 of them: shop/a, shop/b, shop/c, shop/d' });
    expect(all).not.toHaveProperty('before');
  });
});

describe('an incident whose run could never be started', () => {
  it('is told as not solved, once it is clear that nothing waits to start it', async () => {
    const rig = announceRig();
    const daemon = rig.daemon();
    const alert = { labels: { alertname: 'Odd' }, annotations: {}, status: 'firing', startsAt: '', endsAt: '' };
    const effect: Effect = {
      ...{ kind: 'start', run: 'run-odd', key: 'shop/odd', workflow: 'remedy' },
      alert: { ...alert, generatorURL: '', fingerprint: '' },
    };
    const at = rig.clock.now();
    const incident = { run: 'run-odd', key: 'shop/odd', workflow: 'remedy', openedAt: at, newsAt: at, alerts: 1 };
    await rig.incidents.take('odd', 1, 'shop/odd', () => ({ incident: { ...incident, firing: ['odd'] }, effect }));
    expect(await daemon.look()).toEqual([]);
    await delivered(rig);
    rig.clock.advance(MINUTE);
    expect(await daemon.look()).toMatchObject([
      {
        ...{ kind: 'incident-closed', incident: 'shop/odd', remains: '1 alert of it still fires' },
        outcome: 'no run of remedy could be started: the daemon’s log says why',
      },
    ]);
    rig.clock.advance(MINUTE);
    expect(await daemon.look(daemon.start())).toEqual([]);
  });
});

describe('one run that cannot be read', () => {
  it('holds up nothing that there is to tell of the others', async () => {
    const rig = announceRig();
    const daemon = rig.daemon();
    for (const name of ['a', 'b']) await rig.incident(name);
    const { run } = await rig.runs.start(REMEDY, { cause: { kind: 'schedule', by: 'the daemon' } });
    await end(rig, run);
    const broken = ['run-a', 'run-b'].includes((await rig.incidents.list())[0]?.run ?? '') ? 'run-b' : 'run-a';
    rig.plane.runs.read = ((read) => async (id: string) => {
      if (id === broken) throw new Error('an event of another version');
      return read(id);
    })(rig.plane.runs.read.bind(rig.plane.runs));
    const heard = await daemon.look();
    expect(heard.map(({ kind }) => kind)).toEqual(['run-failed', 'incident-opened']);
    expect(daemon.logged).toHaveLength(1);
  });
});
