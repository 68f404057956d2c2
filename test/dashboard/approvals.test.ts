import { expect, it } from 'vitest';
import { type Approval, move } from '../../shared/approvals/approval.ts';
import { anApproval } from '../support/builders.ts';
import { type DashboardRig, startDashboard } from '../support/dashboard.ts';

/** Asked for now, and open for a quarter of an hour. */
function fresh({ clock }: DashboardRig, change: Partial<Approval> = {}): Approval {
  return anApproval({ createdAt: clock.now(), expiresAt: clock.now() + 900_000, ...change });
}

async function withOne(change: Partial<Approval> = {}) {
  const rig = await startDashboard();
  const agent = await rig.program('agent');
  const approval = fresh(rig, change);
  await agent('/api/approvals', { method: 'POST', body: approval });
  const swap = (from: string, next: Approval) =>
    agent(`/api/approvals/${approval.id}/swap`, { method: 'POST', body: { from, next } });
  return { rig, agent, approval, swap };
}

it('keeps what an agent asks, and finds it again by its key', async () => {
  const { rig, agent, approval } = await withOne();
  const again = await agent('/api/approvals', { method: 'POST', body: fresh(rig, { id: 'ap-2' }) });
  expect(again.json).toEqual(approval);
  expect((await agent(`/api/approvals/${approval.id}`)).json).toEqual(approval);
  expect((await agent('/api/approvals?states=pending,approved&limit=5')).json).toEqual([approval]);
  expect((await agent('/api/approvals?states=void')).json).toEqual([]);
});

it('lets a person approve, whom the agent that waits hears of at once', async () => {
  const { rig, agent, approval } = await withOne();
  const waiting = agent(`/api/approvals/${approval.id}?state=pending&wait=30`);
  const ada = await rig.person();
  const answer = await ada.post(`/api/approvals/${approval.id}/settle`, {
    ...{ csrf: await ada.csrf(), decision: 'approve', reason: 'go on' },
  });
  expect(answer).toMatchObject({ status: 303, headers: { location: `/pending/${approval.id}` } });
  expect((await waiting).json).toMatchObject({
    state: 'approved',
    settled: { by: 'ada', via: 'dashboard', reason: 'go on', at: rig.clock.now() },
  });
});

it('tells a second person that somebody has answered', async () => {
  const { rig, approval } = await withOne();
  const [ada, bob] = [await rig.person('ada'), await rig.person('bob')];
  const settle = async (browser: typeof ada, decision: string) =>
    browser.post(`/api/approvals/${approval.id}/settle`, { csrf: await browser.csrf(), decision, reason: '' });
  expect((await settle(ada, 'reject')).status).toBe(303);
  expect(await settle(bob, 'approve')).toMatchObject({
    status: 409,
    json: { error: { code: 'conflict', message: `Approval ${approval.id} is already rejected.` } },
  });
});

it('answers a wait in time with what there is', async () => {
  const { agent, approval } = await withOne();
  expect((await agent(`/api/approvals/${approval.id}?state=pending&wait=0.2`)).json).toEqual(approval);
});

it('ends a wait when the approval expires, though nobody has written that down', async () => {
  const { rig, agent, approval } = await withOne();
  rig.clock.advance(899_900);
  const waiting = agent(`/api/approvals/${approval.id}?state=pending&wait=40`);
  rig.clock.advance(100);
  expect((await waiting).json).toMatchObject({ state: 'expired' });
});

it('lets an agent claim what a person approved, once, and say what came of it', async () => {
  const { rig, swap, approval } = await withOne();
  const ada = await rig.person();
  await ada.post(`/api/approvals/${approval.id}/settle`, { csrf: await ada.csrf(), decision: 'approve' });
  const approved = await rig.controlPlane.approvals.get(approval.id);
  const claim = { at: 1, writer: 'w', call: 'c', deadline: 2 };
  const executing = move(approved ?? approval, 'executing', { claim });
  expect((await swap('approved', executing)).json).toEqual({ swapped: true });
  expect((await swap('approved', executing)).json).toEqual({ swapped: false });
  expect((await swap('executing', move(executing, 'executed', { result: 'scaled' }))).json).toEqual({ swapped: true });
});

it('executes nothing on a yes that has expired', async () => {
  const { rig, swap, approval } = await withOne();
  const ada = await rig.person();
  await ada.post(`/api/approvals/${approval.id}/settle`, { csrf: await ada.csrf(), decision: 'approve' });
  const approved = await rig.controlPlane.approvals.get(approval.id);
  rig.clock.advance(900_000);
  expect((await swap('approved', move(approved ?? approval, 'executing'))).status).toBe(409);
});

it.each(['approved', 'rejected'] as const)('never lets an agent make an approval %s', async (state) => {
  const { rig, agent, swap, approval } = await withOne();
  const settled = { at: 1, by: 'ada', via: 'dashboard' as const };
  expect((await swap('pending', move(approval, state, { settled }))).status).toBe(403);
  const decision = state === 'approved' ? 'approve' : 'reject';
  expect((await agent(`/api/approvals/${approval.id}/settle`, { method: 'POST', body: { decision } })).status).toBe(
    403,
  );
  const born = fresh(rig, { id: 'ap-2', key: 'key-2', state, settled });
  expect((await agent('/api/approvals', { method: 'POST', body: born })).status).toBe(403);
  expect(await rig.controlPlane.approvals.list()).toEqual([approval]);
});

it.each([
  ['from pending to executing', 'pending', 'executing', 400],
  ['from void to pending', 'void', 'pending', 400],
] as const)('knows no way %s', async (_name, from, to, status) => {
  const { swap, approval } = await withOne();
  expect((await swap(from, { ...approval, state: to })).status).toBe(status);
});

it('never lets an agent change what a person reads', async () => {
  const { rig, swap, approval } = await withOne();
  const changed = await swap('pending', move(approval, 'void', { what: 'nothing at all' }));
  expect(changed.status).toBe(403);
  expect(await rig.controlPlane.approvals.get(approval.id)).toEqual(approval);
});

it('says what is wrong with a request in our own words', async () => {
  const { agent } = await withOne();
  expect((await agent('/api/approvals/ap-none')).json).toEqual({
    error: { code: 'not_found', message: 'No approval has the id ap-none.', hint: 'List them: GET /api/approvals' },
  });
  expect((await agent('/api/approvals?states=open')).json).toMatchObject({ error: { code: 'invalid_input' } });
  expect(
    (await agent('/api/approvals', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }))
      .status,
  ).toBe(400);
  expect((await agent('/api/nothing')).json).toMatchObject({ error: { code: 'not_found' } });
});
