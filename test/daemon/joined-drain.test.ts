import { expect, it } from 'vitest';
import { SharedRecords } from '../../daemon/records.ts';
import { lastUntil, planOf } from '../../daemon/schedule/plan.ts';
import { scheduleStateSchema } from '../../daemon/schedule/state.ts';
import { installedWorkflows } from '../../shared/config/workflows.ts';
import { Outbox } from '../../shared/notify/outbox.ts';
import { answered } from './crew-rig.ts';
import { type Agent, alerts, fine, type JoinedHome, joinedDaemon, joinedHome, sharedAt } from './joined-rig.ts';
import { soon } from './takeover-rig.ts';

const WORKFLOWS = {
  one: `
trigger: [{ type: alert, match: { case: one } }]
steps: [{ name: look, agent: k8s-diagnostician, task: Look. }]
`,
  two: `
trigger: [{ type: alert, match: { case: two } }]
steps:
  - { name: look, agent: k8s-diagnostician, task: Look. }
  - { name: tell, agent: k8s-diagnostician, task: "{{ steps.look.summary }}" }
`,
  tick: `
trigger: [{ schedule: "0 0 1 1 *" }]
steps: [{ name: look, agent: k8s-diagnostician, task: Look. }]
`,
};

/** An agent whose answers come when they are let go. */
function held(): { agent: Agent; go: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { agent: (...task) => promise.then(() => fine(...task)), go: resolve };
}

/** Makes the schedule due, as after a time without a daemon. */
async function due({ paths, clock }: JoinedHome, { plane }: ReturnType<typeof sharedAt>): Promise<void> {
  const tick = (await installedWorkflows(paths)).workflows.get('tick') ?? expect.fail('no workflow');
  const plan = planOf(tick) ?? expect.fail('no schedule');
  const after = (lastUntil(plan, clock.now()) ?? 0) - 1;
  const states = new SharedRecords(plane.daemonState, 'schedule', scheduleStateSchema);
  await states.update('tick', () => ({ schedule: plan.text, after }));
}

it('a daemon that is stopped keeps the answers that still come, tells what ends, and begins nothing', async () => {
  const home = await joinedHome(WORKFLOWS);
  const shared = sharedAt(home);
  const { plane, runs } = shared;
  const { agent, go } = held();
  const first = await joinedDaemon(home, { agent });
  const over = first.run();
  await plane.inbox.receive('{}', alerts('one', 'two'), home.clock.now());
  await soon(() => expect(first.asked).toHaveLength(2));
  const second = await joinedDaemon(home, { agent: async () => answered({ summary: 'Fine.' }) });
  void second.run();
  await due(home, shared);
  first.stop.abort();
  const stoppedAt = home.clock.now();

  // The one leads at once while the other still works.
  await soon(async () => expect(await second.daemon.view()).toMatchObject({ leads: true }));
  expect(home.clock.now() - stoppedAt).toBeLessThan(30_000);
  go();
  await over;
  expect(await first.daemon.view()).toMatchObject({ leads: false, runs: [] });
  expect(first.asked.map(({ workflow, request }) => `${workflow} ${request.step}`).sort()).toEqual([
    'one look',
    'two look',
  ]);
  const eventsOf = async (workflow: string) => {
    const [row] = await runs.list({ workflow });
    return row === undefined ? [] : runs.history(row.run);
  };
  const started = async (workflow: string) =>
    (await eventsOf(workflow)).flatMap((event) => (event.type === 'step-started' ? [`${event.step} ${event.by}`] : []));
  const [a, b] = [(await first.daemon.view()).owner, (await second.daemon.view()).owner];
  await soon(async () => {
    expect((await eventsOf('two')).at(-1)).toMatchObject({ type: 'ended', status: 'succeeded' });
    expect((await eventsOf('tick')).at(-1)).toMatchObject({ type: 'ended', status: 'succeeded' });
  });
  expect(await started('one')).toEqual([`look ${a}`]);
  expect(await started('two')).toEqual([`look ${a}`, `tell ${b}`]);
  expect(await started('tick')).toEqual([`look ${b}`]);
});

it('what ends while a daemon is stopped has ended when it is gone, and waits for people in the outbox', async () => {
  const home = await joinedHome(WORKFLOWS);
  const { plane, runs } = sharedAt(home);
  home.services.answer = () => ({ status: 503 });
  const { agent, go } = held();
  const { run, asked, stop } = await joinedDaemon(home, { agent });
  const over = run();
  await plane.inbox.receive('{}', alerts('one'), home.clock.now());
  await soon(() => expect(asked).toHaveLength(1));
  stop.abort();
  go();
  await over;
  expect(await runs.list()).toMatchObject([{ workflow: 'one', status: 'succeeded' }]);
  const outbox = new Outbox(home.paths.database);
  const waiting = outbox.waiting('ntfy');
  outbox.close();
  expect(waiting).toBe(2);
});
