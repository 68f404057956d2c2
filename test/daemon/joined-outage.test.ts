import { describe, expect, it } from 'vitest';
import { stringAt } from '../../shared/kernel/json.ts';
import { homeWithDashboardElsewhere } from './outage-rig.ts';
import { AWAY, BEGUN_ANEW, DONE, inTheMiddle, isDoneOnce, stepsOf, WORKFLOWS } from './outage-work.ts';
import { soon } from './takeover-rig.ts';

describe('a daemon whose dashboard goes away in the middle of everything', { timeout: 120_000 }, () => {
  it('stops what it cannot record, says so, and does all of it once when the dashboard is back', async () => {
    const rig = await homeWithDashboardElsewhere(WORKFLOWS);
    const { home, clock, dashboard } = rig;
    const working = await inTheMiddle(rig, dashboard.stop);
    const { daemon, stopped, asked, called, logged } = working;

    // The lease is over: another daemon may have everything by now.
    await soon(async () => expect(await daemon.view()).toMatchObject({ leads: false, runs: [] }));
    await soon(async () => expect((await daemon.view()).problems).toContainEqual(AWAY));
    expect(stopped).toEqual(['look 1']);
    const before = asked.length;
    clock.jump(660_000);
    const messages = () =>
      home.services.bodies('ntfy').map((body) => `${stringAt(body, 'title')} ${stringAt(body, 'message')}`);
    const aboutIt = () => messages().filter((text) => text.includes('the dashboard cannot be read'));
    await soon(() => expect(aboutIt()).toEqual([expect.stringContaining('The daemon is unhealthy')]));
    expect([asked.length, called]).toEqual([before, []]);
    // One line of each kind, of a run or a lease: not one of each try.
    const kinds = logged.map((line) => line.replace(/: OpsError.*/, ''));
    expect(kinds.filter((kind, at) => kinds.indexOf(kind) !== at)).toEqual([]);

    await dashboard.start();
    await isDoneOnce(rig, working);
    expect(await stepsOf(rig, 'busy')).toEqual(BEGUN_ANEW);
    expect(await stepsOf(rig, 'fresh')).toEqual(DONE.slice(0, 2));
    await soon(() => expect(aboutIt().at(-1)).toContain('The daemon is healthy again'));
    expect(aboutIt()).toHaveLength(2);
    expect(messages().filter((text) => text.includes(working.approval.what))).toHaveLength(1);
  });

  it('keeps what its agents have answered while a proxy says 502, and goes on where that was less than a lease', async () => {
    const rig = await homeWithDashboardElsewhere(WORKFLOWS);
    const working = await inTheMiddle(rig, async () => rig.front.become('failing'));
    const { go, logged, stopped } = working;
    go();
    await soon(() => expect(logged.join()).toContain('what an agent has answered cannot be stored yet'));
    rig.front.become('open');
    await isDoneOnce(rig, working);
    expect(stopped).toEqual([]);
    expect(await stepsOf(rig, 'busy')).toEqual(DONE);
  });

  it('does nothing twice while every third answer gets lost after the dashboard has done what it was asked', async () => {
    const rig = await homeWithDashboardElsewhere(WORKFLOWS);
    const working = await inTheMiddle(rig, async () => rig.front.become('forgetful'));
    await isDoneOnce(rig, working);
    expect(rig.front.lost).toBeGreaterThan(20);
    expect(await stepsOf(rig, 'fresh')).toEqual(DONE.slice(0, 2));
    // On a slow machine a lease may be lost, too, and a step be begun anew: it is done once.
    const finished = (await rig.eventsOf('busy')).filter(({ type }) => type === 'step-finished');
    expect(finished).toMatchObject([{ step: 'look' }, { step: 'tell' }]);
  });
});
