import { describe, expect, it } from 'vitest';
import type { ApprovalState } from '../../../shared/approvals/approval.ts';
import type { RunStep } from '../../../shared/gate/call.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { aCall, anApproval, aPlan, aWrite } from '../../support/builders.ts';
import { type GateRig, gateRig } from '../../support/gate-rig.ts';

/** A call that is the next action of an approved proposal of run-1, by what its run says; what was told of it. */
function approvedCall(rig: GateRig, approval: string, { begins = true, key = 'key-1', since = rig.clock.now() } = {}) {
  const told: string[] = [];
  const run: RunStep = {
    ...{ id: 'run-1', rules: [], workflow: 'check', step: 'act' },
    approved: {
      approval,
      key,
      since,
      begin: async () => {
        told.push('begun');
        return begins;
      },
      end: async (status, message) => {
        told.push(`${status}: ${message}`);
      },
    },
  };
  const ran: string[] = [];
  const effect = aWrite(
    aPlan({
      run: async () => {
        ran.push('scaled');
        return { text: 'scaled' };
      },
    }),
  );
  return { told, ran, pass: (call = aCall({ effect })) => rig.pass(call, { run }) };
}

/** An approval of run-1 in this state, reached as approvals reach it. */
async function approvalIn(rig: GateRig, state: ApprovalState, run = 'run-1'): Promise<string> {
  const { approval } = await rig.approvals.request(
    anApproval({ run, createdAt: rig.clock.now(), expiresAt: rig.clock.now() + 60_000 }),
  );
  if (state === 'pending') return approval.id;
  const decision = state === 'rejected' ? 'reject' : 'approve';
  await rig.approvals.settle(approval.id, { decision, by: 'anna', via: 'cli' });
  if (state === 'approved' || state === 'rejected') return approval.id;
  const claimed = await rig.approvals.claim(approval.id, 'call-1', 'workflows-1', 60_000);
  if (claimed === undefined) throw new Error('it could not be claimed');
  if (state !== 'executing') await rig.approvals.finish(claimed, state === 'failed' ? 'failed' : 'executed', 'done');
  return approval.id;
}

describe('a call that is the next action of an approved proposal', () => {
  it('runs without a question, and its run hears what came of it', async () => {
    const rig = gateRig();
    const { told, ran, pass } = approvedCall(rig, await approvalIn(rig, 'executed'));
    expect(await pass()).toMatchObject({ kind: 'answer', isError: false });
    expect(ran).toEqual(['scaled']);
    expect(told).toEqual(['begun', 'ok: done']);
    expect(rig.records()).toMatchObject([
      { phase: 'intent', run: 'run-1', step: 'act', approval: { type: 'user-confirmed', by: 'anna', via: 'cli' } },
      { phase: 'outcome', outcome: { status: 'ok' } },
    ]);
  });

  it.each(['pending', 'approved', 'rejected', 'failed'] as const)(
    'does not run on an approval that is %s',
    async (state) => {
      const rig = gateRig();
      const { ran, told, pass } = approvedCall(rig, await approvalIn(rig, state));
      expect(await pass()).toMatchObject({ isError: true, text: expect.stringContaining('does not cover this call') });
      expect([...ran, ...told]).toEqual([]);
    },
  );

  it('runs, too, where whoever recorded the yes died before it could say so of the approval', async () => {
    const rig = gateRig();
    const approval = await approvalIn(rig, 'executing');
    expect(await approvedCall(rig, approval).pass()).toMatchObject({ isError: false });
    rig.clock.advance(100_000);
    expect((await rig.approvals.get(approval))?.state).toBe('unknown');
    expect(await approvedCall(rig, approval).pass()).toMatchObject({ isError: false });
  });

  it('does not run on the approval of another run, or on one that is not there', async () => {
    const rig = gateRig();
    const other = approvedCall(rig, await approvalIn(rig, 'executed', 'run-2'));
    expect(await other.pass()).toMatchObject({ isError: true });
    const none = approvedCall(rig, 'ap-nothing');
    expect(await none.pass()).toMatchObject({ isError: true });
    expect([...other.ran, ...none.ran]).toEqual([]);
  });

  it('does not run on a yes to another question of the same run', async () => {
    const rig = gateRig();
    const { ran, told, pass } = approvedCall(rig, await approvalIn(rig, 'executed'), { key: 'key-2' });
    expect(await pass()).toMatchObject({ isError: true, text: expect.stringContaining('does not cover this call') });
    expect([...ran, ...told]).toEqual([]);
  });

  it('does not run where another call has begun it', async () => {
    const rig = gateRig();
    const { ran, pass } = approvedCall(rig, await approvalIn(rig, 'executed'), { begins: false });
    expect(await pass()).toMatchObject({ isError: true, text: expect.stringContaining('Another call has begun') });
    expect(ran).toEqual([]);
  });

  it('does not run when nothing was begun for as long as a yes stands: the daemon was away', async () => {
    const rig = gateRig();
    const approval = await approvalIn(rig, 'executed');
    const { approvalLife } = await rig.ports.limits();
    const since = rig.clock.now();
    rig.clock.advance(approvalLife - 1);
    expect(await approvedCall(rig, approval, { since }).pass()).toMatchObject({ isError: false });
    rig.clock.advance(1);
    const { ran, told, pass } = approvedCall(rig, approval, { since });
    expect(await pass()).toMatchObject({ isError: true, text: expect.stringContaining('for 15 minutes') });
    expect(ran).toEqual([]);
    expect(told).toEqual(['begun', expect.stringMatching(/^failed: not started: .*too old/)]);
  });

  it('has failed where it cannot be planned, and is unknown where it broke off', async () => {
    const rig = gateRig();
    const approval = await approvalIn(rig, 'executed');
    const refused = approvedCall(rig, approval);
    const quota = aWrite(() => Promise.reject(new OpsError('invalid_input', 'The quota is used up.', 'Ask for more.')));
    await refused.pass(aCall({ effect: quota }));
    expect(refused.told).toEqual(['begun', 'failed: not started: The quota is used up.']);
    const broken = approvedCall(rig, approval);
    await broken.pass(aCall({ effect: aWrite(aPlan({ run: () => Promise.reject(new Error('socket hang up')) })) }));
    expect(broken.told).toEqual(['begun', expect.stringMatching(/^unknown: /)]);
  });
});

describe('a gate that cannot tell which run a call belongs to', () => {
  it('fails the call, rather than to decide without the run', async () => {
    const rig = gateRig({
      autonomy: { safe_actions: ['scale'] },
      ports: {
        runStep: () => Promise.reject(new OpsError('store_unavailable', 'The runs cannot be read.', 'Free space.')),
      },
    });
    expect(await rig.pass(aCall())).toMatchObject({ isError: true, text: expect.stringContaining('cannot be read') });
    expect(rig.records()).toMatchObject([{ phase: 'outcome', outcome: { status: 'error' } }]);
  });
});
