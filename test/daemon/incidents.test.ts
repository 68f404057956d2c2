import { describe, expect, it } from 'vitest';
import { anAlert, incidentsRig, minute } from './incidents-rig.ts';

const told = (rig: ReturnType<typeof incidentsRig>) =>
  rig.done.map((effect) => (effect.kind === 'resolved' ? `resolved, ${effect.left} left` : effect.kind));
const OTHER_POD = { pod: 'web-7d4b9c6f5d-b2b2b' };

describe('an alert', () => {
  it('starts the run of the workflow that wants it, with the alert, and the inbox knows the run', async () => {
    const rig = incidentsRig();
    await rig.hear(anAlert());
    expect(rig.done).toMatchObject([{ kind: 'start', workflow: 'pod-crashloop-remediation', key: 'shop/web' }]);
    expect(rig.done[0]?.alert).toEqual(anAlert());
    const [entry] = await rig.inbox.list();
    expect(entry).toMatchObject({ run: rig.done[0]?.run, acknowledged: 1 });
    expect(await rig.inbox.waiting()).toEqual([]);
  });

  it('that no workflow wants is acknowledged, and no incident', async () => {
    const rig = incidentsRig();
    await rig.hear(anAlert({ labels: { alertname: 'Watchdog' } }));
    expect(rig.done).toEqual([]);
    expect(await rig.inbox.waiting()).toEqual([]);
    expect(await rig.store.list()).toEqual([]);
  });

  it('starts the one that asks for the most labels, where several want it', async () => {
    const rig = incidentsRig();
    const [crash] = rig.workflows.filter(({ name }) => name === 'pod-crashloop-remediation');
    if (crash === undefined) throw new Error('it does not ship');
    const match = { alertname: 'KubePodCrashLooping', namespace: 'shop' };
    rig.workflows = [crash, { ...crash, name: 'shop-alone', triggers: [{ kind: 'alert', match, matchRe: {} }] }];
    await rig.hear(anAlert());
    expect(rig.done).toMatchObject([{ workflow: 'shop-alone' }]);
  });

  it('leaves what a person has triggered in the inbox', async () => {
    const rig = incidentsRig();
    await rig.inbox.trigger({ workflow: 'rollback-app', inputs: {}, by: 'anna' }, 0);
    await rig.hear(anAlert());
    expect(await rig.inbox.waiting()).toMatchObject([{ body: { kind: 'manual' } }]);
  });
});

describe('an incident', () => {
  it('is joined by what else happens to its workload, and over when the last is resolved', async () => {
    const rig = incidentsRig();
    const replicas = { alertname: 'KubeDeploymentReplicasMismatch', deployment: 'web', pod: 'kube-state-metrics-0' };
    await rig.hear(anAlert(), anAlert({ labels: OTHER_POD }));
    await rig.hear(anAlert({ labels: replicas, startsAt: minute(3) }));
    await rig.hear(anAlert({ status: 'resolved' }));
    await rig.hear(anAlert({ labels: replicas, startsAt: minute(3), status: 'resolved' }));
    expect((await rig.store.list())[0]?.resolvedAt).toBeUndefined();
    await rig.hear(anAlert({ labels: OTHER_POD, status: 'resolved' }));
    expect(told(rig)).toEqual(
      'start joined joined resolved, 2 left resolved, 1 left resolved, 0 left'.split(/ (?=[a-z])(?!left)/),
    );
    expect(new Set(rig.done.map(({ run }) => run)).size).toBe(1);
    expect(await rig.store.list()).toMatchObject([{ alerts: 3, firing: [], resolvedAt: rig.clock.now() }]);
    expect(await rig.store.ofRun(rig.done[0]?.run ?? '')).toMatchObject({ key: 'shop/web' });
  });

  it('is another one for another workload, and for another namespace', async () => {
    const rig = incidentsRig();
    await rig.hear(anAlert(), anAlert({ labels: { pod: 'db-0' } }), anAlert({ labels: { namespace: 'shop-test' } }));
    expect(told(rig)).toEqual(['start', 'start', 'start']);
    expect((await rig.store.list()).map(({ key }) => key).sort()).toEqual(['shop-test/web', 'shop/db', 'shop/web']);
  });

  it('that comes back when its run is over and all is resolved is a new one', async () => {
    const rig = incidentsRig();
    await rig.hear(anAlert());
    const [first] = rig.done;
    await rig.hear(anAlert({ status: 'resolved' }));
    rig.ends.set(first?.run ?? '', Date.parse(minute(10)));
    rig.clock.advance(20 * 60_000);
    await rig.hear(anAlert({ startsAt: minute(20) }));
    expect(told(rig)).toEqual(['start', 'resolved, 0 left', 'start']);
    expect(rig.done[2]?.run).not.toBe(first?.run);
  });

  it('that comes back while its run goes on is the same', async () => {
    const rig = incidentsRig();
    await rig.hear(anAlert());
    await rig.hear(anAlert({ status: 'resolved' }));
    await rig.hear(anAlert({ startsAt: minute(20) }));
    expect(told(rig)).toEqual(['start', 'resolved, 0 left', 'joined']);
    expect(await rig.store.list()).toMatchObject([{ firing: [expect.any(String)] }]);
    expect((await rig.store.list())[0]).not.toHaveProperty('resolvedAt');
  });

  it('whose run has ended starts no other while the alert fires on under the names of new pods', async () => {
    const rig = incidentsRig();
    await rig.hear(anAlert());
    rig.ends.set(rig.done[0]?.run ?? '', Date.parse(minute(10)));
    await rig.hear(anAlert({ labels: OTHER_POD, startsAt: minute(30) }));
    expect(told(rig)).toEqual(['start', 'joined']);
    // A resolve that never came holds up nothing for ever.
    rig.clock.advance(24 * 3_600_000);
    await rig.hear(anAlert({ labels: { pod: 'web-7d4b9c6f5d-z5z5z' }, startsAt: minute(24 * 60) }));
    expect(told(rig)).toEqual(['start', 'joined', 'start']);
  });

  it('that is told of late, and began before the run ended, is the same', async () => {
    const rig = incidentsRig();
    await rig.hear(anAlert());
    await rig.hear(anAlert({ status: 'resolved' }));
    rig.ends.set(rig.done[0]?.run ?? '', Date.parse(minute(10)));
    await rig.hear(anAlert({ labels: OTHER_POD, startsAt: minute(9) }));
    expect(told(rig)).toEqual(['start', 'resolved, 0 left', 'joined']);
  });

  it('that was over before anybody saw it starts nothing', async () => {
    const rig = incidentsRig();
    await rig.inbox.receive('{}', [anAlert()], 0);
    await rig.hear(anAlert({ status: 'resolved' }));
    expect(rig.done).toEqual([]);
    expect(await rig.inbox.waiting()).toEqual([]);
  });

  it('takes no old version for news, whatever a slow daemon has read', async () => {
    const rig = incidentsRig();
    const [old] = await rig.inbox.receive('{}', [anAlert()], 0);
    await rig.hear(anAlert({ status: 'resolved' }));
    await rig.daemon().take({ entry: old?.id ?? '', version: 1, alert: anAlert() }, rig.workflows);
    await rig.deliver();
    expect(rig.done).toEqual([]);
  });

  it('is told what it has to know in order, and again after a failure', async () => {
    const rig = incidentsRig();
    await rig.inbox.receive('{}', [anAlert(), anAlert({ labels: OTHER_POD })], 0);
    await rig.daemon().takeIn(rig.inbox, rig.workflows);
    rig.clock.advance(1);
    await rig.hear(anAlert({ labels: { pod: 'db-0' } }));
    const failing = async () => Promise.reject(new Error('the store is away'));
    await rig.inbox.receive('{}', [anAlert({ labels: { pod: 'db-0' }, status: 'resolved' })], 0);
    await rig.daemon().takeIn(rig.inbox, rig.workflows);
    await rig.daemon().deliver({ start: failing, joined: failing, resolved: failing });
    expect(rig.logged).toHaveLength(1);
    expect(await rig.store.effects()).toHaveLength(1);
    await rig.deliver();
    expect(told(rig)).toEqual(['start', 'joined', 'start', 'resolved, 0 left']);
    expect(await rig.store.effects()).toEqual([]);
  });

  it('is forgotten long after its last news', async () => {
    const rig = incidentsRig();
    await rig.hear(anAlert());
    expect(await rig.store.prune(rig.clock.now())).toBe(0);
    expect(await rig.store.prune(rig.clock.now() + 1)).toBe(1);
    expect(await rig.store.list()).toEqual([]);
  });
});
