import { describe, expect, it } from 'vitest';
import { problemOf, unreachable } from '../../daemon/announce/problem.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { announceRig, MINUTE } from './announce-rig.ts';

const NO_KEY = problemOf('credentials', new OpsError('config_invalid', 'No credentials are set.', 'Set a key.'));
const SPENT = problemOf('budget', new OpsError('precondition_failed', 'Agents took $25.00 today.', 'Wait.'));
const HOUR = 60 * MINUTE;

describe('what keeps a daemon from its work', () => {
  it('is told once, with what to do, and once when it is over for good', async () => {
    const rig = announceRig();
    const { announcer, look } = rig.daemon();
    await announcer.healthy('credentials');
    expect(await look()).toEqual([]);
    const since = rig.clock.now();
    for (let n = 0; n < 3; n += 1) await announcer.unhealthy(NO_KEY);
    expect(announcer.problems()).toEqual([NO_KEY]);
    expect(await look()).toMatchObject([
      {
        ...{ kind: 'daemon-unhealthy', severity: 'critical', problem: 'pi5: No credentials are set.', at: since },
        ...{ remedy: 'Set a key.', link: 'https://k8s.lan' },
      },
    ]);
    rig.clock.advance(HOUR);
    expect(await look()).toEqual([]);
    await announcer.healthy('credentials');
    expect(announcer.problems()).toEqual([]);
    rig.clock.advance(4 * MINUTE);
    expect(await look()).toEqual([]);
    rig.clock.advance(2 * MINUTE);
    expect(await look()).toMatchObject([
      { kind: 'daemon-healthy', severity: 'warning', problem: 'pi5: No credentials are set.', since, at: since + HOUR },
    ]);
    rig.clock.advance(HOUR);
    expect(await look()).toEqual([]);
  });

  it('that comes and goes is one message', async () => {
    const rig = announceRig();
    const { announcer, look } = rig.daemon();
    let heard = 0;
    for (let n = 0; n < 60; n += 1) {
      await announcer.unhealthy(NO_KEY);
      heard += (await look()).length;
      rig.clock.advance(MINUTE);
      await announcer.healthy('credentials');
      heard += (await look()).length;
      rig.clock.advance(MINUTE);
    }
    expect(heard).toBe(1);
  });

  it('that comes again later is another one', async () => {
    const rig = announceRig();
    const { announcer, look } = rig.daemon();
    await announcer.unhealthy(NO_KEY);
    await look();
    await announcer.healthy('credentials');
    rig.clock.advance(HOUR);
    await look();
    await announcer.unhealthy(NO_KEY);
    expect(await look()).toMatchObject([{ kind: 'daemon-unhealthy' }]);
  });

  it('that lasts over a restart is not told again, and its end is', async () => {
    const rig = announceRig();
    const { announcer, look, start } = rig.daemon();
    await announcer.unhealthy(NO_KEY);
    await look();
    const again = start();
    await again.unhealthy(NO_KEY);
    rig.clock.advance(MINUTE);
    expect(await look(again)).toEqual([]);
    const third = start();
    await third.healthy('credentials');
    rig.clock.advance(6 * MINUTE);
    expect(await look(third)).toMatchObject([{ kind: 'daemon-healthy' }]);
  });

  it('of a daemon that does not lead is told by the one that does', async () => {
    const rig = announceRig();
    const [leader, other] = [rig.daemon('pi5'), rig.daemon('laptop')];
    other.state.leads = false;
    await other.announcer.unhealthy(NO_KEY);
    expect(await other.look()).toEqual([]);
    expect(await leader.look()).toMatchObject([{ problem: 'laptop: No credentials are set.' }]);
  });

  it('of all daemons together is one message', async () => {
    const rig = announceRig();
    const [leader, other] = [rig.daemon('pi5'), rig.daemon('laptop')];
    await other.announcer.unhealthy(SPENT);
    await leader.announcer.unhealthy(SPENT);
    expect([...(await leader.look()), ...(await other.look())]).toMatchObject([
      { problem: 'Agents took $25.00 today.', severity: 'warning' },
    ]);
  });

  it('such as a backend that is away is told when it has been for ten minutes', async () => {
    const rig = announceRig();
    const { announcer, look } = rig.daemon();
    const away = unreachable('Prometheus', 'Cannot reach it.');
    await announcer.unhealthy(away);
    rig.clock.advance(9 * MINUTE);
    expect(await look()).toEqual([]);
    await announcer.healthy(away.id);
    rig.clock.advance(10 * MINUTE);
    // Nobody heard of it, so nobody has to hear that it is over.
    expect(await look()).toEqual([]);
    await announcer.unhealthy(away);
    rig.clock.advance(10 * MINUTE);
    expect(await look()).toMatchObject([
      { kind: 'daemon-unhealthy', severity: 'warning', problem: 'pi5: Prometheus cannot be read: Cannot reach it.' },
    ]);
  });

  it('such as a dashboard that is away is told by each daemon by itself, since nothing can be shared', async () => {
    const rig = announceRig();
    let away = true;
    const { look, state, announcer, logged } = rig.daemon('pi5', {
      isRemote: true,
      runs: {
        list: (filter) => (away ? Promise.reject(new Error('no route')) : rig.runs.list(filter)),
        history: (run) => rig.runs.history(run),
      },
      records: (part, schema) => {
        const records = rig.records(part, schema);
        return {
          list: () => (away ? Promise.reject(new Error('no route')) : records.list()),
          update: (key, make) => (away ? Promise.reject(new Error('no route')) : records.update(key, make)),
        };
      },
    });
    state.leads = false;
    for (let n = 0; n < 9; n += 1) {
      expect(await look()).toEqual([]);
      rig.clock.advance(MINUTE);
    }
    rig.clock.advance(MINUTE);
    expect(await look()).toMatchObject([
      { kind: 'daemon-unhealthy', problem: expect.stringMatching(/^pi5: the dashboard/) },
    ]);
    rig.clock.advance(MINUTE);
    expect(await look()).toEqual([]);
    expect(announcer.problems()).toMatchObject([{ id: 'unreachable the dashboard' }]);
    expect(logged).toEqual(['a problem of the daemon could not be noted for the others']);
    away = false;
    rig.clock.advance(MINUTE);
    expect(await look()).toMatchObject([{ kind: 'daemon-healthy' }]);
    expect(announcer.problems()).toEqual([]);
  });

  it('such as a disk that fills up is told before it is full', async () => {
    const rig = announceRig();
    let free = 99 * 2 ** 20;
    const { look } = rig.daemon('pi5', { freeBytes: async () => free });
    expect(await look()).toMatchObject([
      { problem: expect.stringContaining('99 MiB are left'), remedy: expect.stringContaining('Free space') },
    ]);
    free = 150 * 2 ** 20;
    rig.clock.advance(MINUTE);
    await look();
    rig.clock.advance(HOUR);
    expect(await look()).toEqual([]);
    free = 300 * 2 ** 20;
    rig.clock.advance(MINUTE);
    await look();
    rig.clock.advance(6 * MINUTE);
    expect(await look()).toMatchObject([{ kind: 'daemon-healthy' }]);
  });
});

describe('a breaker', () => {
  it('is told when it opens, when it is tried again, and when a person has closed it', async () => {
    const rig = announceRig();
    const { look } = rig.daemon();
    const failing = [1, 2, 3].map((at) => ({ at: rig.clock.now() - at, ok: false }));
    const checking = rig.breakersWith({ ends: failing, changes: [] });
    await checking.check('remedy');
    expect(await look()).toMatchObject([
      {
        ...{ kind: 'daemon-unhealthy', severity: 'warning', workflow: 'remedy' },
        problem: 'remedy is stopped: 3 runs in a row have failed.',
        remedy: 'Look at its runs. It may start again at 24 Nov, 07:00 UTC. Sooner: k8s-agent workflow resume remedy',
      },
    ]);
    rig.clock.advance(30 * MINUTE);
    expect(await look()).toEqual([]);
    rig.clock.advance(31 * MINUTE);
    await rig.breakers.check('remedy');
    expect(await look()).toMatchObject([
      { kind: 'daemon-healthy', problem: 'remedy was stopped; it is tried again, and stops with the next failure' },
    ]);
    await rig.breakers.reset('remedy', 'ada');
    rig.clock.advance(MINUTE);
    expect(await look()).toMatchObject([{ problem: 'remedy was stopped; ada lets it go on' }]);
    rig.clock.advance(MINUTE);
    expect(await look()).toEqual([]);
  });
});
