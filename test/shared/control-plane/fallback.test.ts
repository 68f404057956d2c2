import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Approval } from '../../../shared/approvals/approval.ts';
import { Approvals } from '../../../shared/approvals/approvals.ts';
import { FallbackApprovalStore } from '../../../shared/control-plane/client/fallback.ts';
import { HttpApprovalStore } from '../../../shared/control-plane/client/stores.ts';
import type { ControlPlane } from '../../../shared/control-plane/ports.ts';
import { openSqlite } from '../../../shared/control-plane/sqlite/open.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { anApproval } from '../../support/builders.ts';
import { fakeClock } from '../../support/clock.ts';
import { tempFolder } from '../../support/gate-rig.ts';
import { lossyProxy } from '../../support/lossy-proxy.ts';
import { replica } from '../../support/replica.ts';

function plane(clock: Clock): ControlPlane {
  const opened = openSqlite(join(tempFolder(), 'state.db'), clock);
  onTestFinished(() => opened.close());
  return opened;
}

/** A dashboard, a server of another machine, and a person at each. */
async function rig() {
  const clock = fakeClock(2_000);
  const [home, dash] = [plane(clock), plane(clock)];
  const dashboard = await replica(dash, clock, 'agent');
  const proxy = await lossyProxy(dashboard.url);
  const server = (change: Parameters<typeof dashboard.client>[0] = {}) => {
    const there = new HttpApprovalStore(dashboard.client(change));
    const store = new FallbackApprovalStore({ here: home.approvals, there, sent: home.documents, clock });
    return new Approvals(store, clock);
  };
  const ask = (approvals: Approvals, id = 'ap-1', more: Partial<Approval> = {}) =>
    approvals.request(anApproval({ id, expiresAt: clock.now() + 900_000, ...more }));
  const states = async ({ approvals }: ControlPlane) =>
    (await approvals.list()).map(({ id, state }) => `${id} ${state}`);
  const person = new Approvals(dash.approvals, clock);
  return { clock, home, dash, dashboard, proxy, server, approvals: server(), ask, states, person };
}

const yes = (via: 'dashboard' | 'terminal') => ({ decision: 'approve', by: 'anna', via }) as const;
const no = { decision: 'reject', by: 'anna', via: 'terminal', reason: 'too late' } as const;

describe('approvals with a dashboard', () => {
  it('are asked for there, and executed once here', async () => {
    const { approvals, ask, states, home, dash, person } = await rig();
    await ask(approvals);
    await person.settle('ap-1', yes('dashboard'));
    const claimed = await Promise.all([1, 2, 3].map((n) => approvals.claim('ap-1', `call-${n}`, 'w', 60_000)));
    const [mine] = claimed.filter((claim) => claim !== undefined);
    if (mine === undefined) throw new Error('nobody could claim it');
    expect(claimed.filter((claim) => claim !== undefined)).toHaveLength(1);
    await approvals.finish(mine, 'executed', 'done');
    expect([await states(home), await states(dash)]).toEqual([[], ['ap-1 executed']]);
  });

  it('stay on this machine while it is away, and where they are when it is back', async () => {
    const { approvals, ask, states, home, dash, dashboard } = await rig();
    await dashboard.stop();
    await ask(approvals);
    await dashboard.start();
    expect((await ask(approvals, 'ap-2')).approval.id).toBe('ap-1');
    expect([await states(home), await states(dash)]).toEqual([['ap-1 pending'], []]);
    await approvals.settle('ap-1', yes('terminal'));
    expect(await approvals.claim('ap-1', 'call-1', 'w', 60_000)).toMatchObject({ state: 'executing' });
    expect((await ask(approvals, 'ap-3', { key: 'another' })).approval.id).toBe('ap-3');
    expect(await states(dash)).toEqual(['ap-3 pending']);
    expect((await approvals.list()).map(({ id }) => id).sort()).toEqual(['ap-1', 'ap-3']);
  });

  it('are not asked for a second time here while one may still be answered there', async () => {
    const { approvals, ask, states, home, dash, dashboard, clock } = await rig();
    await ask(approvals);
    await dashboard.stop();
    await expect(ask(approvals, 'ap-2')).rejects.toMatchObject({ code: 'unreachable' });
    expect((await ask(approvals, 'ap-3', { key: 'another' })).approval.id).toBe('ap-3');
    clock.advance(899_000);
    await expect(ask(approvals, 'ap-2')).rejects.toThrow('may still be answered there');
    clock.advance(1_000);
    await ask(approvals, 'ap-2');
    expect(await states(home)).toContain('ap-2 pending');
    await dashboard.start();
    expect(await approvals.claim('ap-1', 'call-1', 'w', 60_000)).toBeUndefined();
    expect(await states(dash)).toEqual(['ap-1 expired']);
  });

  it('may be asked for here again when the one there is known to be over', async () => {
    const { approvals, ask, states, home, dashboard } = await rig();
    await ask(approvals);
    await approvals.withdraw('ap-1', 'resolved');
    await dashboard.stop();
    await ask(approvals, 'ap-2');
    expect(await states(home)).toEqual(['ap-2 pending']);
  });

  it.each([
    ['approved', yes('terminal')],
    ['rejected', no],
  ])('can be %s in the terminal: the dashboard gives them up first', async (state, verdict) => {
    const { approvals, ask, states, home, dash, person } = await rig();
    await ask(approvals);
    await approvals.settle('ap-1', verdict);
    expect([await states(home), await states(dash)]).toEqual([[`ap-1 ${state}`], ['ap-1 void']]);
    expect(await dash.approvals.get('ap-1')).toMatchObject({ result: `${state} in a terminal by anna` });
    expect(await approvals.get('ap-1')).toMatchObject({ state, settled: { by: 'anna', via: 'terminal' } });
    await expect(person.settle('ap-1', yes('dashboard'))).rejects.toMatchObject({ code: 'conflict' });
  });

  it('are settled by one of two people who answer at once', async () => {
    for (let n = 0; n < 10; n += 1) {
      const { approvals, ask, states, home, dash, person } = await rig();
      await ask(approvals);
      const answers = [approvals.settle('ap-1', yes('terminal')), person.settle('ap-1', yes('dashboard'))];
      const settled = await Promise.allSettled(answers);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const both = [...(await states(home)), ...(await states(dash))];
      expect(both.filter((state) => state === 'ap-1 approved')).toHaveLength(1);
    }
  });

  it.each(['approve', 'reject'] as const)(
    'are what the dashboard says (%s) when a person there was faster by a moment',
    async (decision) => {
      const { home, dash, dashboard, ask, states, person, clock } = await rig();
      const there = new HttpApprovalStore(dashboard.client());
      const { swap } = HttpApprovalStore.prototype;
      there.swap = async (...move) => {
        await person.settle('ap-1', { ...yes('dashboard'), decision });
        return swap.apply(there, move);
      };
      const approvals = new Approvals(
        new FallbackApprovalStore({ here: home.approvals, there, sent: home.documents, clock }),
        clock,
      );
      await ask(approvals);
      await expect(approvals.settle('ap-1', yes('terminal'))).rejects.toMatchObject({ code: 'conflict' });
      const state = decision === 'approve' ? 'approved' : 'rejected';
      expect([await states(home), await states(dash)]).toEqual([[], [`ap-1 ${state}`]]);
    },
  );

  it('are approved nowhere when this process ends between the two stores', async () => {
    const { approvals, ask, states, home, dash, server } = await rig();
    await ask(approvals);
    const { open } = home.approvals;
    home.approvals.open = () => Promise.reject(new Error('killed'));
    await expect(approvals.settle('ap-1', yes('terminal'))).rejects.toThrow('killed');
    home.approvals.open = open;
    expect([await states(home), await states(dash)]).toEqual([[], ['ap-1 void']]);
    expect((await ask(server(), 'ap-2')).approval).toMatchObject({ id: 'ap-2', state: 'pending' });
  });

  it('are void here when another process of this machine has just sent one', async () => {
    const { approvals, ask, states, home, dashboard, clock } = await rig();
    await dashboard.stop();
    const { open } = home.approvals;
    home.approvals.open = async (approval) => {
      await home.documents.put('approval-sent', approval.key, 9_000_000, clock.now() + 900_000);
      return open.call(home.approvals, approval);
    };
    await expect(ask(approvals)).rejects.toMatchObject({ code: 'unreachable' });
    expect(await states(home)).toEqual(['ap-1 void']);
  });

  it('are not hidden by a fallback when the token is wrong', async () => {
    const { ask, server, states, home } = await rig();
    await expect(ask(server({ token: { value: 'k8sagent_wrong' } }))).rejects.toMatchObject({ code: 'unauthorized' });
    expect(await states(home)).toEqual([]);
  });

  it('are not claimed twice when an answer gets lost on its way', async () => {
    const { ask, server, proxy, person, states, dash } = await rig();
    const approvals = server({ url: proxy.url });
    await ask(approvals);
    await person.settle('ap-1', yes('dashboard'));
    proxy.lose = true;
    expect(await approvals.claim('ap-1', 'call-1', 'w', 60_000)).toMatchObject({ state: 'executing' });
    proxy.lose = false;
    expect(await approvals.claim('ap-1', 'call-2', 'w', 60_000)).toBeUndefined();
    expect(await states(dash)).toEqual(['ap-1 executing']);
  });

  it('stay one when the answer to the question gets lost', async () => {
    const { ask, server, proxy, states, home, dash, dashboard } = await rig();
    const approvals = server({ url: proxy.url });
    proxy.lose = true;
    await expect(ask(approvals)).rejects.toMatchObject({ code: 'unreachable' });
    await dashboard.stop();
    proxy.lose = false;
    await expect(ask(server(), 'ap-2')).rejects.toThrow('may still be answered there');
    await dashboard.start();
    expect((await ask(approvals, 'ap-3')).approval.id).toBe('ap-1');
    expect([await states(home), await states(dash)]).toEqual([[], ['ap-1 pending']]);
  });
});
