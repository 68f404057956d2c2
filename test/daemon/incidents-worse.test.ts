import { describe, expect, it } from 'vitest';
import { anAlert, type IncidentsRig, incidentsRig, minute } from './incidents-rig.ts';

const OTHERS = ['b2b2b', 'c4c4c', 'd5d5d', 'f6f6f'].map((end) => `web-7d4b9c6f5d-${end}`);
const other = (n: number, severity: string, startsAt = minute(1)) =>
  anAlert({ labels: { pod: OTHERS[n] ?? '', severity }, startsAt });

async function worse(rig: IncidentsRig) {
  return (await rig.store.list())[0]?.worse;
}

/** Its run ends ten minutes after six. */
function ends(rig: IncidentsRig, how: 'solved' | 'failed'): void {
  const run = rig.done[0]?.run ?? '';
  rig.ends.set(run, Date.parse(minute(10)));
  if (how === 'solved') rig.solved.add(run);
}

describe('an alert that joins an incident', () => {
  it('makes it worse where it is more severe than all before, once for each rise', async () => {
    const rig = incidentsRig();
    await rig.hear(anAlert({ labels: { severity: 'info' } }));
    expect(await worse(rig)).toBeUndefined();
    const seen = [];
    for (const [n, severity] of ['info', 'warning', 'warning', 'critical'].entries()) {
      rig.clock.advance(1_000);
      await rig.hear(other(n, severity));
      seen.push(await worse(rig));
    }
    const now = rig.clock.now();
    const what = 'KubePodCrashLooping';
    const warning = { at: now - 2_000, what, severity: 'warning', was: 'info' };
    expect(seen).toEqual([undefined, warning, warning, { at: now, what, severity: 'critical', was: 'warning' }]);
    rig.clock.advance(1_000);
    await rig.hear(other(0, 'critical', minute(2)), other(1, 'warning', minute(3)));
    expect(await worse(rig)).toEqual(seen[3]);
    expect(await rig.store.list()).toMatchObject([{ severity: 'critical', namespace: 'shop' }]);
  });

  it('makes it worse once, whichever daemons hear of it', async () => {
    const rig = incidentsRig();
    await rig.hear(anAlert());
    const entries = await rig.inbox.receive('{}', [other(0, 'critical'), other(1, 'critical')], rig.clock.now());
    const news = entries.flatMap(({ id, version, body }) =>
      body.kind === 'alert' ? [{ entry: id, version, alert: body.alert }] : [],
    );
    const all = [...news, ...news].map(async (one, n) => {
      const clock = { now: () => rig.clock.now() + n };
      await rig.daemon({ clock }).take(one, rig.workflows);
      return worse(rig);
    });
    expect(new Set((await Promise.all(all)).map((one) => one?.at)).size).toBe(1);
  });

  it.each(['solved', 'failed'] as const)(
    'is news when people believe that it is over, though it began before that: its run has %s',
    async (how) => {
      const rig = incidentsRig();
      await rig.hear(anAlert());
      if (how === 'failed') await rig.hear(anAlert({ status: 'resolved' }));
      ends(rig, how);
      await rig.hear(other(0, 'warning', minute(9)));
      const at = rig.clock.now();
      rig.clock.advance(1_000);
      await rig.hear(other(1, 'warning', minute(9)));
      expect(await worse(rig)).toEqual({ at, what: 'KubePodCrashLooping', severity: 'warning' });
      expect(rig.done.map(({ kind }) => kind).filter((kind) => kind !== 'resolved')).toEqual([
        ...['start', 'joined', 'joined'],
      ]);
    },
  );

  it('is none where its run has ended, and people know that it goes on', async () => {
    const rig = incidentsRig();
    await rig.hear(anAlert());
    ends(rig, 'failed');
    await rig.hear(other(0, 'warning', minute(30)));
    expect(await worse(rig)).toBeUndefined();
  });
});
