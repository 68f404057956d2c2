import { expect, it } from 'vitest';
import { SharedIncidents } from '../../daemon/incidents/shared.ts';
import type { Alert } from '../../shared/workflow/events.ts';
import { type Agent, alerts, joinedDaemon, joinedHome, sharedAt } from './joined-rig.ts';
import { soon } from './takeover-rig.ts';

const WORKFLOWS = {
  one: `
trigger: [{ type: alert, match: { case: one } }]
steps: [{ name: look, agent: k8s-diagnostician, task: Look. }]
`,
};

const lost: Agent = async () => ({ kind: 'failed', reason: 'The service is away.' });

it('people hear that a run has failed, that its incident gets worse, and that it is over, once, over a restart', async () => {
  const home = await joinedHome(WORKFLOWS);
  const { plane, runs } = sharedAt(home);
  const hear = (...some: readonly Alert[]) => plane.inbox.receive('{}', some, home.clock.now());
  const titles = () => home.services.bodies('ntfy').map((body) => /"title":"([^"]*)"/.exec(JSON.stringify(body))?.[1]);
  const [warning] = alerts('one');
  if (warning === undefined) throw new Error('an alert');
  const critical = { ...warning, labels: { ...warning.labels, severity: 'critical' }, fingerprint: 'two' };
  const first = await joinedDaemon(home, { agent: lost });
  const over = first.run();

  await hear(warning);
  await soon(() => expect(titles()).toEqual(['Incident opened', 'Incident not solved']));
  const [row] = await runs.list();
  const run = row?.run ?? '';
  await hear(critical);
  await soon(() => expect(titles().slice(2)).toEqual(['Incident is worse']));
  await hear({ ...warning, status: 'resolved', endsAt: '2026-11-24T07:00:00Z' });
  await soon(async () => expect((await runs.history(run)).at(-1)).toMatchObject({ type: 'alert-resolved', left: 1 }));
  first.stop.abort();
  await over;

  const second = await joinedDaemon(home, { agent: lost });
  const end = second.run();
  await hear({ ...critical, status: 'resolved', endsAt: '2026-11-24T07:00:00Z' });
  await soon(() => expect(titles().slice(3)).toEqual(['Incident closed']));
  await soon(async () =>
    expect(await runs.get(run)).toMatchObject({ status: 'failed', resolvedLate: expect.any(Number) }),
  );
  const incidents = new SharedIncidents(plane.daemonState);
  expect(await incidents.ofRun(run)).toMatchObject({ firing: [], severity: 'critical' });
  second.stop.abort();
  await end;
  // Its last look was a sweep of everything.
  expect(titles()).toHaveLength(4);
  expect([first.logged, second.logged].flat()).toEqual([]);
});
