import { describe, expect, it } from 'vitest';
import { finishedEvent } from '../../../shared/workflow/outcomes.ts';
import { anAlert, BY_HAND, RunRig } from '../../support/run-rig.ts';
import { aWorkflow } from '../../support/workflows.ts';

const REMEDY = aWorkflow(`
name: remedy
trigger: [{ type: alert, match: { alertname: KubePodCrashLooping } }, { type: manual }]
steps:
  - name: fix
    agent: k8s-diagnostician
    task: Fix it.
    confirm_if: actions_proposed
`);
const CAUSE = anAlert({ alertname: 'KubePodCrashLooping', namespace: 'shop' });
const alert = CAUSE.alert ?? expect.fail('an alert');
const RESTART = { server: 'kubectl', tool: 'restart_pod', input: { pod: 'web-1', namespace: 'shop' }, why: 'stuck' };

/** A person has allowed the restart, and it was made. */
async function remedied(rig: RunRig) {
  const asked = await rig.answer('fix', { summary: 'Stuck.', actions: [RESTART] });
  if (asked.kind !== 'ask-person') throw new Error(asked.kind);
  await rig.settle('fix', asked.proposal.digest, 'approved');
  await rig.record((at) => ({ type: 'action-started', at, step: 'fix', index: 0 }));
  return rig.record((at) => ({ type: 'action-finished', at, step: 'fix', index: 0, status: 'ok', message: 'done' }));
}

describe('a run that an alert has started', () => {
  it('does not end before somebody has seen whether its change has helped', async () => {
    const rig = new RunRig(REMEDY);
    await rig.start({ cause: CAUSE });
    const changedAt = rig.clock.now();
    expect(await remedied(rig)).toEqual({ kind: 'verify', changedAt });
    rig.clock.advance(60_000);
    await rig.record((at) => ({ type: 'verified', at, result: 'cleared', detail: 'the alert is gone' }));
    expect(await rig.state()).toMatchObject({ status: 'succeeded', verified: { result: 'cleared' } });
  });

  it('has failed where the change has not helped, and says what was seen', async () => {
    const rig = new RunRig(REMEDY);
    await rig.start({ cause: CAUSE });
    await remedied(rig);
    await rig.record((at) => ({ type: 'verified', at, result: 'not-cleared', detail: 'it still fires' }));
    expect(await rig.state()).toMatchObject({ status: 'failed', reason: 'it did not help: it still fires' });
  });

  it('has nothing to verify where it changed nothing', async () => {
    const rig = new RunRig(REMEDY);
    await rig.start({ cause: CAUSE });
    await rig.answer('fix', { summary: 'Well by now.', actions: [] });
    expect(await rig.state()).toMatchObject({ status: 'succeeded' });
    await expect(rig.record((at) => ({ type: 'verified', at, result: 'cleared', detail: '' }))).rejects.toThrow();
  });

  it('is verified, too, where its agent has changed something by itself, and where nobody knows', async () => {
    for (const changed of ['something', 'unknown'] as const) {
      const rig = new RunRig(REMEDY);
      await rig.start({ cause: CAUSE });
      await rig.begin('fix');
      await rig.runs.record(rig.run, (state, at) => ({
        ...finishedEvent(rig.workflow, state, 'fix', { summary: 'Restarted.', actions: [] }, at),
        changed,
      }));
      expect((await rig.command()).kind, changed).toBe('verify');
    }
  });

  it('asks nobody any more for what its agent proposed once all its alerts have resolved', async () => {
    const rig = new RunRig(REMEDY);
    await rig.start({ cause: CAUSE });
    expect((await rig.answer('fix', { summary: 'Stuck.', actions: [RESTART] })).kind).toBe('ask-person');
    expect((await rig.record((at) => ({ type: 'alert-resolved', at, alert, left: 1 }))).kind).toBe('ask-person');
    await rig.record((at) => ({ type: 'alert-resolved', at, alert, left: 0 }));
    const { status, steps } = await rig.state();
    expect([status, steps.fix?.status]).toEqual(['succeeded', 'done']);
    expect(JSON.stringify(steps.fix)).toContain('its alerts have resolved');
  });

  it('asks again where another alert has joined it since', async () => {
    const rig = new RunRig(REMEDY);
    await rig.start({ cause: CAUSE });
    await rig.begin('fix');
    await rig.record((at) => ({ type: 'alert-resolved', at, alert, left: 0 }));
    await rig.record((at) => ({ type: 'alert-joined', at, alert }));
    await rig.runs.record(rig.run, (state, at) =>
      finishedEvent(rig.workflow, state, 'fix', { summary: 'Stuck.', actions: [RESTART] }, at),
    );
    expect((await rig.command()).kind).toBe('ask-person');
  });

  it('that has ended is still told what becomes of its alerts, and came out as it did', async () => {
    const rig = new RunRig(REMEDY);
    await rig.start({ cause: CAUSE });
    await rig.begin('fix');
    await rig.runs.record(rig.run, (_, at) => ({ type: 'ended', at, status: 'failed', reason: 'lost', outputs: {} }));
    const ended = await rig.state();
    rig.clock.advance(60_000);
    const hear = (event: { type: 'alert-joined' } | { type: 'alert-resolved'; left: number }) =>
      rig.record((at) => ({ ...event, at, alert }));
    await hear({ type: 'alert-resolved', left: 1 });
    expect(await rig.state()).toEqual({ ...ended, length: ended.length + 1 });
    await hear({ type: 'alert-resolved', left: 0 });
    const resolvedLate = rig.clock.now();
    expect(await rig.state()).toEqual({ ...ended, length: ended.length + 2, resolvedLate });
    await hear({ type: 'alert-joined' });
    expect(await rig.state()).toEqual({ ...ended, length: ended.length + 3 });
    await expect(rig.record((at) => ({ type: 'cancel-requested', at, by: 'ada', reason: '' }))).rejects.toThrow(
      'has ended (failed)',
    );
  });

  it('adds up what its agents took', async () => {
    const rig = new RunRig(REMEDY);
    await rig.start({ cause: CAUSE });
    await rig.begin('fix');
    const usage = { model: 'haiku', inputTokens: 10, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0 };
    await rig.runs.record(rig.run, (state, at) => ({
      ...finishedEvent(rig.workflow, state, 'fix', { summary: 'Well.', actions: [] }, at),
      usage: { ...usage, costUsd: 0.25, turns: 2, durationMs: 900 },
    }));
    expect((await rig.state()).costUsd).toBe(0.25);
  });
});

it('a run that a person has started is verified by that person', async () => {
  const rig = new RunRig(REMEDY);
  await rig.start({ cause: BY_HAND });
  await remedied(rig);
  expect(await rig.state()).toMatchObject({ status: 'succeeded' });
});
