import { expect, it } from 'vitest';
import { SharedLeases } from '../../daemon/lease/shared.ts';
import type { DaemonStores } from '../../daemon/stores.ts';
import { alerts, fine, joinedDaemon, joinedHome, sharedAt } from './joined-rig.ts';
import { soon } from './takeover-rig.ts';

const LEADER = 'daemon-leader';
const LOOK = `
trigger: [{ type: alert, match: { case: one } }]
steps: [{ name: look, agent: k8s-diagnostician, task: Look. }]
`;

it('a daemon that loses its lead while it looks at what is to be done does not do it, until it leads again', async () => {
  const home = await joinedHome({ look: LOOK });
  const { plane, runs } = sharedAt(home);
  const leases = new SharedLeases(plane.daemonState);
  const looked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  let cutOff = false;
  let asks = 0;
  /** The answer to its look comes late, and meanwhile its lease cannot be renewed. */
  const change = (stores: DaemonStores): DaemonStores => ({
    ...stores,
    leases: {
      ...{ holds: (...of) => leases.holds(...of), release: (...of) => leases.release(...of) },
      abandoned: (...of) => leases.abandoned(...of),
      claim: async (...of) => {
        asks += of[0] === LEADER ? 1 : 0;
        return leases.claim(...of);
      },
      renew: async (...of) => (cutOff ? undefined : leases.renew(...of)),
    },
    incidents: {
      ...{ known: (...of) => stores.incidents.known(...of), take: (...of) => stores.incidents.take(...of) },
      ...{ done: (...of) => stores.incidents.done(...of), ofRun: (...of) => stores.incidents.ofRun(...of) },
      ...{ list: (...of) => stores.incidents.list(...of), prune: (...of) => stores.incidents.prune(...of) },
      effects: async () => {
        const effects = await stores.incidents.effects();
        if (effects.length === 0 || cutOff) return effects;
        looked.resolve();
        cutOff = true;
        await answer.promise;
        return effects;
      },
    },
  });
  const { run, daemon, told, asked } = await joinedDaemon(home, { agent: fine, change });
  void run();
  await plane.inbox.receive('{}', alerts('one'), home.clock.now());
  await looked.promise;
  const other = await soon(async () => {
    const lease = await leases.claim(LEADER, 'another', home.clock.now(), 86_400_000);
    return lease ?? expect.fail('it still leads');
  });
  await soon(async () => expect(await daemon.view()).toMatchObject({ leads: false }));
  answer.resolve();
  // What it had begun is over before it asks again whether it may lead.
  const before = asks;
  await soon(() => expect(asks).toBeGreaterThan(before));
  expect([await runs.list(), told.filter((text) => text.includes('is started')), asked]).toEqual([[], [], []]);

  cutOff = false;
  await leases.release(other, home.clock.now());
  await soon(async () => expect(await runs.list()).toMatchObject([{ status: 'succeeded' }]));
  expect(asked).toHaveLength(1);
});
