import { expect, it } from 'vitest';
import { alerts, fine, joinedDaemon, joinedHome, sharedAt } from './joined-rig.ts';
import { soon } from './takeover-rig.ts';

const WORKFLOWS = {
  one: `
trigger: [{ type: alert, match: { case: one } }, { schedule: "0 6 * * *" }]
steps: [{ name: look, agent: k8s-diagnostician, task: Look. }]
`,
};

it('a daemon without claude starts runs, publishes and says what is missing, once; with it the run goes on', async () => {
  const home = await joinedHome(WORKFLOWS);
  const { plane, runs } = sharedAt(home);
  const first = await joinedDaemon(home, {});
  const over = first.run();
  await plane.inbox.receive('{}', alerts('one'), home.clock.now());
  await soon(async () =>
    expect((await first.daemon.view()).runs).toMatchObject([{ workflow: 'one', doing: 'credentials', step: 'look' }]),
  );
  // There is no cluster here, either.
  expect((await first.daemon.view()).problems).toContainEqual({
    what: 'There is no claude on the PATH, so no agent can work.',
    remedy: expect.stringContaining('npm install --global @anthropic-ai/claude-code'),
  });
  const [{ run } = { run: '' }] = await runs.list();
  expect((await runs.history(run)).map(({ type }) => type)).toEqual(['created', 'admitted']);
  await soon(async () => {
    const { workflows = [] } = (await plane.board.workflows()) ?? {};
    expect(workflows).toMatchObject([{ name: 'one', nextRunAt: expect.any(Number) }]);
    expect((await plane.board.status())?.daemon?.runs).toMatchObject([{ workflow: 'one' }]);
  });
  const unhealthy = () => home.services.bodies('ntfy').filter((body) => JSON.stringify(body).includes('no claude'));
  await soon(() => expect(unhealthy()).toHaveLength(1));
  first.stop.abort();
  await over;

  const second = await joinedDaemon(home, { agent: fine });
  void second.run();
  await soon(async () => expect(await runs.get(run)).toMatchObject({ status: 'succeeded' }));
  expect(JSON.stringify((await second.daemon.view()).problems)).not.toContain('no claude');
  expect(unhealthy()).toHaveLength(1);
  second.stop.abort();
});
