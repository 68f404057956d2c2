import { describe, expect, it } from 'vitest';
import { type Approval, move } from '../../shared/approvals/approval.ts';
import { aCreated, aRow } from '../contracts/run-store.ts';
import { anApproval } from '../support/builders.ts';
import { startDashboard } from '../support/dashboard.ts';

/** A dashboard, and tokens of a daemon and of two laptops. */
async function rig() {
  const dashboard = await startDashboard();
  const { clock, program, controlPlane } = dashboard;
  const post = async (role: 'agent' | 'daemon') => {
    const ask = await program(role);
    return (path: string, body: object) => ask(path, { method: 'POST', body });
  };
  const [daemon, laptop, other] = [await post('daemon'), await post('agent'), await post('agent')];
  const fresh = (change: Partial<Approval> = {}) =>
    anApproval({ id: 'ap-1', createdAt: clock.now(), expiresAt: clock.now() + 900_000, ...change });
  const states = async () => (await controlPlane.approvals.list()).map(({ id, state }) => `${id} ${state}`).sort();
  return { ...dashboard, daemon, laptop, other, fresh, states };
}

/** The same question in other words: the key and the fingerprint are there for every token to read. */
const forged = { id: 'ap-forged', what: 'read the logs of web', change: 'reads only', details: 'Nothing is changed.' };

const swap = (approval: Approval, to: Approval['state'], change: Partial<Approval> = {}) =>
  [`/api/approvals/${approval.id}/swap`, { from: approval.state, next: move(approval, to, change) }] as const;

describe('the question of a daemon', () => {
  it('is not taken back by a laptop’s token, which would ask it again in other words', async () => {
    const { daemon, laptop, fresh, states } = await rig();
    await daemon('/api/approvals', fresh());
    expect(await laptop(...swap(fresh(), 'void'))).toMatchObject({
      status: 403,
      json: { error: { code: 'forbidden', message: expect.stringContaining('asked for by another machine') } },
    });
    expect((await laptop('/api/approvals', fresh(forged))).status).toBe(409);
    expect(await states()).toEqual(['ap-1 pending']);
  });

  it('takes the place of one that a laptop has put in its way', async () => {
    const { daemon, laptop, fresh, states } = await rig();
    await laptop('/api/approvals', fresh(forged));
    expect((await daemon('/api/approvals', fresh())).json).toEqual(fresh());
    expect(await states()).toEqual(['ap-1 pending', 'ap-forged void']);
  });

  it('takes that place, too, where a person was fooled by what stood there', async () => {
    const { daemon, laptop, fresh, states, person } = await rig();
    await laptop('/api/approvals', fresh(forged));
    const ada = await person();
    await ada.post('/api/approvals/ap-forged/settle', { csrf: await ada.csrf(), decision: 'approve' });
    expect((await daemon('/api/approvals', fresh())).json).toMatchObject({ id: 'ap-1', state: 'pending' });
    expect(await states()).toEqual(['ap-1 pending', 'ap-forged void']);
  });

  it('is found again by another daemon, which goes on with it', async () => {
    const { program, daemon, fresh } = await rig();
    await daemon('/api/approvals', fresh());
    const second = await program('daemon');
    const again = await second('/api/approvals', { method: 'POST', body: fresh({ id: 'ap-2' }) });
    expect(again.json).toEqual(fresh());
  });

  it('is no reason to leave a run open that a laptop’s question names: a daemon takes that back', async () => {
    const { daemon, laptop, fresh, states } = await rig();
    await laptop('/api/approvals', fresh({ run: 'run-1' }));
    await daemon('/api/runs/run-1/events', { seq: 0, event: aCreated(), row: aRow() });
    expect((await daemon(...swap(fresh({ run: 'run-1' }), 'void', { result: 'its run has ended' }))).status).toBe(200);
    expect(await states()).toEqual(['ap-1 void']);
  });

  it('is the only one that can name a daemon’s run', async () => {
    const { daemon, laptop, fresh, states } = await rig();
    await daemon('/api/runs/run-1/events', { seq: 0, event: aCreated(), row: aRow() });
    expect((await laptop('/api/approvals', fresh({ run: 'run-1' }))).status).toBe(403);
    expect((await daemon('/api/approvals', fresh({ run: 'run-1' }))).status).toBe(200);
    expect(await states()).toEqual(['ap-1 pending']);
  });
});

describe('the question of a laptop', () => {
  it('is neither answered for, nor used up, nor taken back by another one', async () => {
    const { laptop, other, fresh, person, controlPlane } = await rig();
    await laptop('/api/approvals', fresh());
    expect((await other('/api/approvals', fresh({ id: 'ap-2' }))).status).toBe(409);
    const ada = await person();
    await ada.post('/api/approvals/ap-1/settle', { csrf: await ada.csrf(), decision: 'approve' });
    const approved = (await controlPlane.approvals.get('ap-1')) ?? fresh();
    const claim = { at: 1, writer: 'w', call: 'c', deadline: 2 };
    expect((await other(...swap(approved, 'executing', { claim }))).status).toBe(403);
    expect((await other(...swap(approved, 'void'))).status).toBe(403);
    expect((await laptop(...swap(approved, 'executing', { claim }))).json).toEqual({ swapped: true });
  });

  it('can be sent twice', async () => {
    const { laptop, fresh } = await rig();
    await laptop('/api/approvals', fresh());
    expect(await laptop('/api/approvals', fresh())).toMatchObject({ status: 200, json: fresh() });
  });

  it('can be made by another one when it is over', async () => {
    const { laptop, other, fresh, states } = await rig();
    await laptop('/api/approvals', fresh());
    await laptop(...swap(fresh(), 'void'));
    expect((await other('/api/approvals', fresh({ id: 'ap-2' }))).status).toBe(200);
    expect(await states()).toEqual(['ap-1 void', 'ap-2 pending']);
  });

  it('does not expire because the clock of another one says so', async () => {
    const { laptop, other, fresh, states } = await rig();
    await laptop('/api/approvals', fresh());
    expect(await other(...swap(fresh(), 'expired'))).toMatchObject({ status: 200, json: { swapped: false } });
    expect(await states()).toEqual(['ap-1 pending']);
  });
});
