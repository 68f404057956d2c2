import fc from 'fast-check';
import pLimit from 'p-limit';
import { expect, it } from 'vitest';
import { SharedIncidents } from '../../daemon/incidents/shared.ts';
import type { Alert } from '../../shared/workflow/events.ts';
import { bearer, type DashboardRig, startDashboard } from '../support/dashboard.ts';
import { fine, joinedDaemon, joinedHome, sharedAt } from './joined-rig.ts';
import { alertOf, replay } from './replay.ts';
import { soon } from './takeover-rig.ts';

const TOKEN = 'the token of Alertmanager';
const LOOK = `
trigger: [{ type: alert, match_re: { alertname: Kube.* } }]
steps: [{ name: look, agent: k8s-diagnostician, task: Look. }]
`;

/** First each workload in trouble, then everything: repeated, mixed, and in any order. */
function aStorm(notices: number) {
  const replays = fc.sample(replay, { numRuns: 25, seed: 20261124 }).map((one, n) => ({ ...one, at: `shop-${n}` }));
  const firsts = replays.flatMap(({ troubles, at }) =>
    [...Map.groupBy(troubles, ({ owner }) => owner).values()].flatMap(([one]) =>
      one === undefined ? [] : [alertOf(one, at, 'firing')],
    ),
  );
  const each = replays.flatMap(({ order, at }) => order.map((one) => alertOf(one, at, one.status)));
  const again = Array.from({ length: notices }, (_, n) => each.slice(n % each.length, (n % each.length) + 1)).flat();
  const [rest = []] = fc.sample(fc.shuffledSubarray(again, { minLength: notices }), { numRuns: 1, seed: 7 });
  const owners = new Set(replays.flatMap(({ troubles, at }) => troubles.map(({ owner }) => `${at}/${owner}`)));
  return { firsts, rest: rest.slice(firsts.length), owners: [...owners].sort() };
}

function groupsOf<T>(some: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(some.length / size) }, (_, n) => some.slice(n * size, (n + 1) * size));
}

/** As Alertmanager 0.28 does it. */
async function notify(dashboard: DashboardRig, alerts: readonly Alert[]): Promise<void> {
  const about = { version: '4', groupKey: '{}', truncatedAlerts: 0, status: 'firing', receiver: 'k8s-agent' };
  const common = {
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example',
  };
  const body = { ...about, ...common, alerts };
  const answer = await dashboard.ask('/api/inbox/alertmanager', { method: 'POST', headers: bearer(TOKEN), body });
  expect(answer).toMatchObject({ status: 200 });
}

it('a storm of 1,000 alerts starts one run an incident, and each comes to its end', { timeout: 120_000 }, async () => {
  const home = await joinedHome({ look: LOOK });
  const { plane, runs } = sharedAt(home);
  const { clock, paths } = home;
  const dashboard = await startDashboard({ clock, file: paths.database, alertmanagerToken: async () => TOKEN });
  const { run, asked, logged } = await joinedDaemon(home, { agent: fine });
  void run();
  const { firsts, rest, owners } = aStorm(1_000);
  const isEmpty = () => soon(async () => expect(await plane.inbox.waiting()).toEqual([]));
  for (const alerts of groupsOf(firsts, 10)) await notify(dashboard, alerts);
  await isEmpty();
  const some = pLimit(8);
  await Promise.all(groupsOf(rest, 4).map((alerts) => some(() => notify(dashboard, alerts))));
  await isEmpty();
  const rows = await soon(async () => {
    const all = await runs.list({ limit: 1_000 });
    expect(all.filter(({ status }) => status !== 'succeeded')).toEqual([]);
    return all;
  });
  const incidents = new SharedIncidents(plane.daemonState);
  const keys = await Promise.all(rows.map(async (row) => (await incidents.ofRun(row.run))?.key));
  expect(keys.sort()).toEqual(owners);
  expect(asked.map((task) => task.run).sort()).toEqual(rows.map((row) => row.run).sort());
  await soon(async () => expect(await incidents.effects()).toEqual([]));
  const seen = (await plane.inbox.list(1_000)).reduce((sum, entry) => sum + entry.seen, 0);
  expect([seen, logged]).toEqual([1_000, []]);
});
