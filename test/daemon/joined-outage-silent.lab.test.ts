import { expect, it } from 'vitest';
import { homeWithDashboardElsewhere } from './outage-rig.ts';
import { AWAY, BEGUN_ANEW, inTheMiddle, isDoneOnce, stepsOf, WORKFLOWS } from './outage-work.ts';
import { soon } from './takeover-rig.ts';

/** A request that nobody answers takes 15 s, of which several come one after the other here. */
it('a daemon whose dashboard accepts connections and answers nothing stops, says so, and goes on with the late answers', {
  timeout: 120_000,
}, async () => {
  const rig = await homeWithDashboardElsewhere(WORKFLOWS);
  const working = await inTheMiddle(rig, async () => rig.front.become('silent'));
  const { daemon, stopped, asked, called } = working;
  await soon(() => expect(stopped).toEqual(['look 1']));
  const isSaid = expect.arrayContaining([AWAY]);
  await soon(async () => expect(await daemon.view()).toMatchObject({ leads: false, problems: isSaid }));
  expect([asked.length, called]).toEqual([2, []]);
  rig.front.become('open');
  await isDoneOnce(rig, working);
  expect(await stepsOf(rig, 'busy')).toEqual(BEGUN_ANEW);
});
