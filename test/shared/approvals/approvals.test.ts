import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { move, NEXT } from '../../../shared/approvals/approval.ts';
import { Approvals } from '../../../shared/approvals/approvals.ts';
import { SqliteApprovalStore } from '../../../shared/store/sqlite.ts';
import { anApproval } from '../../support/builders.ts';
import { fakeClock } from '../../support/clock.ts';
import { tempFolder } from '../../support/gate-rig.ts';

const YES = { decision: 'approve', by: 'anna', via: 'cli' } as const;

function rig() {
  const store = new SqliteApprovalStore(join(tempFolder(), 'state.db'));
  onTestFinished(() => store.close());
  const clock = fakeClock(0);
  return { store, clock, approvals: new Approvals(store, clock) };
}

describe('approvals', () => {
  it('settle once: the second answer is told the first', async () => {
    const { approvals } = rig();
    await approvals.request(anApproval());
    expect(await approvals.settle(anApproval().id, YES)).toMatchObject({
      state: 'approved',
      settled: { by: 'anna', via: 'cli' },
    });
    await expect(approvals.settle(anApproval().id, { ...YES, decision: 'reject' })).rejects.toThrow('already approved');
  });

  it('expire when nobody answers in time, and a late yes changes nothing', async () => {
    const { approvals, clock } = rig();
    await approvals.request(anApproval({ expiresAt: 900 }));
    clock.advance(900);
    expect(await approvals.list({ states: ['pending'] })).toEqual([]);
    await expect(approvals.settle(anApproval().id, YES)).rejects.toThrow('already expired');
  });

  it('expire after a yes that nobody used', async () => {
    const { approvals, clock } = rig();
    await approvals.request(anApproval({ expiresAt: 900 }));
    await approvals.settle(anApproval().id, YES);
    clock.advance(900);
    expect(await approvals.claim(anApproval().id, 'call-1', 'w', 1000)).toBeUndefined();
    expect(await approvals.get(anApproval().id)).toMatchObject({ state: 'expired' });
  });

  it('become void when the target has moved, and a new one is asked for', async () => {
    const { approvals } = rig();
    await approvals.request(anApproval());
    await approvals.settle(anApproval().id, YES);
    const { approval, voided } = await approvals.request(anApproval({ id: 'ap-2', fingerprint: 'seen-2' }));
    expect(voided?.id).toBe(anApproval().id);
    expect(approval).toMatchObject({ id: 'ap-2', state: 'pending' });
    expect(await approvals.get(anApproval().id)).toMatchObject({ state: 'void' });
  });

  it('are claimed by one call only', async () => {
    const { approvals } = rig();
    await approvals.request(anApproval());
    await approvals.settle(anApproval().id, YES);
    const claims = await Promise.all(['a', 'b', 'c'].map((call) => approvals.claim(anApproval().id, call, 'w', 1000)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('are not claimed before a yes', async () => {
    const { approvals } = rig();
    await approvals.request(anApproval());
    expect(await approvals.claim(anApproval().id, 'call-1', 'w', 1000)).toBeUndefined();
  });

  it('become unknown when their server died, after its deadline and a grace', async () => {
    const { approvals, clock } = rig();
    await approvals.request(anApproval());
    await approvals.settle(anApproval().id, YES);
    await approvals.claim(anApproval().id, 'call-1', 'w', 1000);
    clock.advance(10_999);
    expect(await approvals.get(anApproval().id)).toMatchObject({ state: 'executing' });
    clock.advance(1);
    expect(await approvals.get(anApproval().id)).toMatchObject({
      state: 'unknown',
      result: expect.stringContaining('call-1'),
    });
  });

  it('never leave a final state', () => {
    for (const state of ['rejected', 'expired', 'void', 'executed', 'failed', 'unknown'] as const) {
      expect(NEXT[state]).toEqual([]);
      expect(() => move(anApproval({ state }), 'approved')).toThrow('no move');
    }
  });

  it('say which id is unknown', async () => {
    await expect(rig().approvals.settle('ap-nope', YES)).rejects.toThrow('No approval has the id ap-nope');
  });
});
