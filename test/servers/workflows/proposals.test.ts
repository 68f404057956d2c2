import { describe, expect, it } from 'vitest';
import type { Call } from '../../../shared/gate/call.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { aCall, aPlan, aWrite } from '../../support/builders.ts';
import { ACTOR, WorkflowsRig } from '../../support/workflows-rig.ts';

const PROPOSING = `
name: proposing
steps:
  - { name: look, agent: k8s-diagnostician, task: Propose., confirm_if: actions_proposed }
`;

const INPUT = { kind: 'deploy', name: 'web', namespace: 'shop', replicas: 5 };
const scale = (replicas = 5) => ({ server: 'kubectl', tool: 'scale', input: { ...INPUT, replicas }, why: 'more load' });
const proposal = (...actions: object[]) => ({ summary: 'It needs more.', actions });

/** The scale tool of kubectl; `ran` counts what reached the cluster. */
function scaling(replicas = 5): { call: Call; ran: number[] } {
  const ran: number[] = [];
  const plan = aPlan({
    run: async () => {
      ran.push(replicas);
      return { text: 'scaled' };
    },
  });
  const input = { ...INPUT, replicas };
  return { call: aCall({ input: { ...input, filledIn: true }, given: input, effect: aWrite(plan) }), ran };
}

async function proposed(actions: object[] = [scale()], autonomy?: unknown) {
  const rig = new WorkflowsRig({ 'proposing.yaml': PROPOSING }, autonomy);
  const run = await rig.start('proposing');
  return { rig, run, report: { run, step: 'look', answer: proposal(...actions) } };
}

describe('calls that an answer proposes', () => {
  it('are asked for once, with their arguments, and then exactly these run, each once', async () => {
    const { rig, run, report } = await proposed([scale(5), scale(7)]);
    const asked = await rig.ask('report_step', report);
    expect(asked).toMatchObject({
      kind: 'ask',
      message: expect.stringContaining('2 calls: kubectl.scale, kubectl.scale'),
    });
    const [approval] = await rig.gate.approvals.list();
    expect(approval).toMatchObject({ run, details: expect.stringMatching(/replicas: 5[\s\S]*replicas: 7/) });

    const first = await rig.answer('report_step', report, 'approve');
    expect(first.text).toContain('Approved: call 1 of 2');
    expect(first.text).toContain(JSON.stringify(scale(5).input));
    const five = scaling(5);
    expect(await rig.tool(five.call)).toMatchObject({ kind: 'answer', isError: false });
    expect(five.ran).toEqual([5]);
    expect(rig.gate.records().findLast(({ tool }) => tool === 'scale')).toMatchObject({
      run,
      approval: { type: 'user-confirmed', id: approval?.id, by: 'anna' },
      outcome: { status: 'ok' },
    });
    // The same again is a question of its own.
    expect(await rig.tool(five.call)).toMatchObject({ kind: 'ask' });
    expect((await rig.call('report_step', { run })).text).toContain('Approved: call 2 of 2');
    await rig.tool(scaling(7).call);
    expect((await rig.call('report_step', { run })).text).toContain('has ended: succeeded');
  });

  it.each([
    ['other arguments', { replicas: 6 }],
    ['an argument more', { dryRun: true }],
  ])('say nothing of a call with %s: that asks', async (_, change) => {
    const { rig, report } = await proposed();
    await rig.answer('report_step', report, 'approve');
    const given = { ...INPUT, ...change };
    expect(await rig.tool(aCall({ input: given, given }))).toMatchObject({ kind: 'ask' });
  });

  it('say nothing of the same call before its turn, or in another session', async () => {
    const { rig, report } = await proposed([scale(5), scale(7)]);
    await rig.answer('report_step', report, 'approve');
    expect(await rig.tool(scaling(7).call)).toMatchObject({ kind: 'ask' });
    expect(await rig.tool(scaling(5).call, { ...ACTOR, session: 'chat-2' })).toMatchObject({ kind: 'ask' });
  });

  it('say nothing of the same call before a person has answered', async () => {
    const { rig, report } = await proposed();
    await rig.ask('report_step', report);
    expect(await rig.tool(scaling().call)).toMatchObject({ kind: 'ask' });
  });

  it('do not run where the first of them fails, and the run says which', async () => {
    const { rig, run, report } = await proposed([scale(5), scale(7)]);
    await rig.answer('report_step', report, 'approve');
    const refused = aWrite(() =>
      Promise.reject(new OpsError('invalid_input', 'The quota is used up.', 'Ask for more.')),
    );
    await rig.tool(aCall({ input: INPUT, given: INPUT, effect: refused }));
    const { text } = await rig.call('report_step', { run });
    expect(text).toContain('has ended: failed');
    expect(text).toContain('The quota is used up.');
    expect(await rig.tool(scaling(7).call)).toMatchObject({ kind: 'ask' });
  });

  it('are refused by policy at their turn, whatever was approved before', async () => {
    const { rig, report } = await proposed();
    await rig.answer('report_step', report, 'approve');
    const call = aCall({ input: INPUT, given: INPUT, action: { facts: { floor: 'it is protected' } } });
    expect(await rig.tool(call)).toMatchObject({
      kind: 'answer',
      isError: true,
      text: expect.stringContaining('it is protected'),
    });
  });

  it('do not run after a no, and the run goes on to its end', async () => {
    const { rig, report } = await proposed();
    const { text } = await rig.answer('report_step', report, 'reject');
    expect(text).toContain('A person rejected this');
    expect(text).toContain('has ended: succeeded');
    expect(await rig.tool(scaling().call)).toMatchObject({ kind: 'ask' });
  });

  it('do not run after a no in another channel, and nobody is asked again', async () => {
    const { rig, run, report } = await proposed();
    await rig.call('report_step', report, { canAsk: false });
    const [approval] = await rig.gate.approvals.list({ states: ['pending'] });
    await rig.gate.approvals.settle(approval?.id ?? '', { decision: 'reject', by: 'anna', via: 'cli' });
    expect((await rig.call('report_step', { run })).text).toContain('were rejected (anna)');
  });

  it('run after a yes in another channel', async () => {
    const { rig, run, report } = await proposed();
    await rig.call('report_step', report, { canAsk: false });
    const [approval] = await rig.gate.approvals.list({ states: ['pending'] });
    await rig.gate.approvals.settle(approval?.id ?? '', { decision: 'approve', by: 'anna', via: 'cli' });
    expect((await rig.call('report_step', { run })).text).toContain('Approved: call 1 of 1');
    expect(await rig.tool(scaling().call)).toMatchObject({ kind: 'answer', isError: false });
  });

  it('do not run where nobody answers in time', async () => {
    const { rig, run, report } = await proposed();
    await rig.call('report_step', report, { canAsk: false });
    rig.gate.clock.advance(16 * 60_000);
    expect((await rig.call('report_step', { run })).text).toContain('were expired');
    expect(await rig.tool(scaling().call)).toMatchObject({ kind: 'ask' });
  });

  it('bother nobody where one of them is forbidden', async () => {
    const drain = { server: 'kubectl', tool: 'drain', input: { name: 'pi3' }, why: 'it is full' };
    const { rig, report } = await proposed([scale(), drain]);
    expect((await rig.call('report_step', report)).text).toContain('were rejected (policy: "drain" (default))');
    expect(await rig.gate.approvals.list()).toEqual([]);
  });

  it('are named where there is no such tool', async () => {
    const { rig, report } = await proposed([{ ...scale(), tool: 'scael' }]);
    expect(await rig.call('report_step', report)).toMatchObject({
      isError: true,
      text: expect.stringMatching(/no tool kubectl.scael.*scale/),
    });
  });
});
