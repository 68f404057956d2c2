import { describe, expect, it } from 'vitest';
import { anAlert, type IncidentsRig, incidentsRig, minute } from './incidents-rig.ts';

const told = (rig: IncidentsRig) =>
  rig.done.map((effect) => (effect.kind === 'resolved' ? `resolved, ${effect.left} left` : effect.kind));
const OTHER_POD = { pod: 'web-7d4b9c6f5d-b2b2b' };

/** Its run ends ten minutes after six, and it is twenty past. */
function ends(rig: IncidentsRig, how: 'solved' | 'failed'): void {
  const run = rig.done[0]?.run ?? '';
  rig.ends.set(run, Date.parse(minute(10)));
  if (how === 'solved') rig.solved.add(run);
  rig.clock.advance(20 * 60_000);
}

describe('an alert that flaps', () => {
  it('is one that fires, though nobody was told of its resolve: Alertmanager sends what is so when it sends', async () => {
    const rig = incidentsRig();
    await rig.hear(anAlert());
    await rig.hear(anAlert({ startsAt: minute(4) }));
    await rig.hear(anAlert({ startsAt: minute(4), status: 'resolved', endsAt: minute(6) }));
    expect(told(rig)).toEqual(['start', 'joined', 'resolved, 0 left']);
    expect(await rig.store.list()).toMatchObject([{ alerts: 2, firing: [], resolvedAt: rig.clock.now() }]);
  });

  it('starts a new run when the one before is over, and the incident before is over, too', async () => {
    const rig = incidentsRig();
    await rig.hear(anAlert());
    ends(rig, 'failed');
    await rig.hear(anAlert({ startsAt: minute(20) }));
    expect(told(rig)).toEqual(['start', 'start']);
    expect(await rig.store.list()).toMatchObject([
      { run: rig.done[1]?.run, firing: [expect.any(String)] },
      { run: rig.done[0]?.run, firing: [] },
    ]);
    await rig.hear(anAlert({ status: 'resolved', endsAt: minute(15) }));
    expect(told(rig)).toEqual(['start', 'start']);
  });

  it('is no other one where two Prometheus disagree about its start', async () => {
    const rig = incidentsRig();
    await rig.hear(anAlert({ startsAt: minute(1) }));
    await rig.hear(anAlert({ startsAt: minute(0) }));
    await rig.hear(anAlert({ startsAt: minute(0), status: 'resolved', endsAt: minute(9) }));
    expect(told(rig)).toEqual(['start', 'resolved, 0 left']);
    expect(await rig.store.list()).toMatchObject([{ alerts: 1, firing: [] }]);
    const runs = (await rig.inbox.list()).map(({ run }) => run);
    expect(runs).toEqual([rig.done[0]?.run, rig.done[0]?.run]);
  });

  it('that is told of in the wrong order is what it was last', async () => {
    const rig = incidentsRig();
    await rig.hear(anAlert({ startsAt: minute(10) }));
    await rig.hear(anAlert());
    await rig.hear(anAlert({ status: 'resolved', endsAt: minute(5) }));
    expect(told(rig)).toEqual(['start']);
    expect(await rig.store.list()).toMatchObject([{ alerts: 1, firing: [expect.any(String)] }]);
  });
});

describe('an incident that is solved, before anybody was told that its alert has resolved', () => {
  it('is not joined by what begins then, which is another one', async () => {
    const rig = incidentsRig();
    await rig.hear(anAlert());
    ends(rig, 'solved');
    await rig.hear(anAlert({ labels: OTHER_POD, startsAt: minute(12) }));
    await rig.hear(anAlert({ status: 'resolved', endsAt: minute(9) }));
    expect(told(rig)).toEqual(['start', 'start', 'resolved, 0 left']);
    expect(rig.done[2]?.run).toBe(rig.done[0]?.run);
  });
});
