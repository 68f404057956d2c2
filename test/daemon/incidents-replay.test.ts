import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Effect } from '../../daemon/incidents/incident.ts';
import type { IncidentPorts } from '../../daemon/incidents/incidents.ts';
import { digest } from '../../shared/kernel/digest.ts';
import type { Alert } from '../../shared/workflow/events.ts';
import { stateAtDashboard, stateInMemory } from '../support/daemon-state.ts';
import { type IncidentsRig, incidentsRig } from './incidents-rig.ts';
import { alertOf, replay } from './replay.ts';

/** One daemon’s life until it looks away or dies. */
async function daemonThat(deed: string | undefined, rig: IncidentsRig, ports: IncidentPorts): Promise<void> {
  const daemon = rig.daemon();
  if (deed === 'is away') return;
  if (deed === 'dies before it acknowledges') {
    for (const { id, version, body } of await rig.inbox.waiting())
      if (body.kind === 'alert') await daemon.take({ entry: id, version, alert: body.alert }, rig.workflows);
    return;
  }
  await daemon.takeIn(rig.inbox, rig.workflows);
  const start: IncidentPorts['start'] = async (effect) => {
    await ports.start(effect);
    if (deed === 'dies before it notes what it did') throw new Error('killed');
  };
  await daemon.deliver({ ...ports, start });
}

/** Which runs were started for whom. */
class Starts {
  readonly runs = new Map<string, Set<string>>();
  readonly ports: IncidentPorts = {
    start: async ({ key, run }: Effect) => void this.runs.set(key, (this.runs.get(key) ?? new Set()).add(run)),
    joined: async () => {},
    resolved: async () => {},
  };
}

/** Where incidents are kept, and how many replays are tried there. */
const PLACES = [
  [1_000, 'in SQLite', async () => stateInMemory()],
  [30, 'at a dashboard', () => stateAtDashboard()],
] as const;

describe('Alertmanager, replayed with duplicates, reordered, to daemons that come and go', () => {
  it.each(PLACES)(
    'starts one run an incident, in each of %i replays %s',
    { timeout: 120_000 },
    async (wanted, _, open) => {
      const rig = incidentsRig({ state: await open() });
      let [replays, notices] = [0, 0];
      const property = fc.asyncProperty(replay, async ({ troubles, order, deeds, group }) => {
        replays += 1;
        const namespace = `shop-${replays}`;
        const { runs, ports } = new Starts();
        const hear = async (alerts: readonly Alert[], deed?: string) => {
          notices += alerts.length;
          await rig.inbox.receive('{}', alerts, rig.clock.now());
          await daemonThat(deed, rig, ports);
        };
        const owners = [...new Set(troubles.map(({ owner }) => owner))].sort();
        const firsts = owners.flatMap((owner) => troubles.find((one) => one.owner === owner) ?? []);
        // Somebody sees each workload in trouble before it is over.
        await hear(firsts.map((one) => alertOf(one, namespace, 'firing')));
        for (let n = 0; n < order.length; n += group)
          await hear(
            order.slice(n, n + group).map((one) => alertOf(one, namespace, one.status)),
            deeds[n],
          );
        await hear([]);
        expect([...runs].map(([key, { size }]) => [key, size]).sort()).toEqual(
          owners.map((o) => [`${namespace}/${o}`, 1]),
        );
        expect(await rig.inbox.waiting()).toEqual([]);
        expect(await rig.store.effects()).toEqual([]);

        await hear(troubles.map((one) => alertOf(one, namespace, 'resolved')));
        const ids = [...runs.values()].flatMap((of) => [...of]);
        const ended = await Promise.all(ids.map((run) => rig.store.ofRun(run)));
        expect(ended.map((incident) => incident?.firing)).toEqual(owners.map(() => []));
        const alerts = ended.reduce((sum, incident) => sum + (incident?.alerts ?? 0), 0);
        expect(alerts).toBeLessThanOrEqual(new Set(troubles.map((one) => digest(alertOf(one, '', '')))).size);
      });
      await fc.assert(property, { numRuns: wanted });
      expect(replays).toBe(wanted);
      // Far under what one expects (about 18): random replays are never all of one alert.
      expect(notices).toBeGreaterThan(5 * wanted);
    },
  );
});
