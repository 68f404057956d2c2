import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aCall, aPlan, aWrite } from '../../support/builders.ts';
import { runIn, WorkflowsRig } from '../../support/workflows-rig.ts';

const CHECK = `
name: check
description: Looks, and decides.
inputs: { node: { description: name of the node, required: true } }
steps:
  - name: look
    agent: k8s-diagnostician
    model: haiku
    task: "Look at {{ inputs.node }}."
    output: { type: object, properties: { summary: { type: string }, full: { type: boolean } }, required: [summary, full] }
  - name: decide
    condition: "{{ steps.look.full }}"
    branches:
      true: { agent: k8s-diagnostician, task: Free some space. }
      false: { agent: prometheus-analyst, task: Watch it. }
  - { name: notify, action: report, outputs: [summary] }
`;

describe('a run in a chat', () => {
  it('hands out one instruction after the other, takes the branch that the answer asks for, and ends with its outputs', async () => {
    const rig = new WorkflowsRig({ 'check.yaml': CHECK });
    const first = await rig.call('start', { workflow: 'check', inputs: { node: 'pi3' }, why: 'disk alert' });
    expect(first).toMatchObject({ isError: false });
    expect(first.text).toContain('Step look: delegate to k8s-diagnostician (haiku)');
    expect(first.text).toContain('Look at pi3.');
    expect(first.text).toContain('"required":["summary","full"]');
    const run = runIn(first);
    const second = await rig.report(run, 'look', { summary: 'Half full.', full: false });
    expect(second.text).toContain('Step decide-false: delegate to prometheus-analyst');
    expect(second.text).toContain('"full": false');
    const last = await rig.report(run, 'decide-false', { summary: 'It grows slowly.' });
    expect(last.text).toContain(`Run ${run} of check has ended: succeeded`);
    expect(last.text).toContain('summary: look: Half full.');
    // A session without a run costs its calls nothing.
    expect(readdirSync(rig.paths.sessions)).toEqual([]);
  });

  it('names the inputs that are missing before anything starts', async () => {
    const rig = new WorkflowsRig({ 'check.yaml': CHECK });
    const answer = await rig.call('start', { workflow: 'check', inputs: {}, why: 'disk alert' });
    expect(answer).toMatchObject({ isError: true, text: expect.stringContaining('node') });
    expect((await rig.call('history', {})).text).toBe('Nothing was ever run.');
  });

  it('names the nearest workflow where there is none of that name', async () => {
    const rig = new WorkflowsRig({ 'check.yaml': CHECK });
    const answer = await rig.call('start', { workflow: 'chek', why: 'disk alert' });
    expect(answer).toMatchObject({ isError: true, text: expect.stringMatching(/no workflow "chek".*"check"/) });
  });

  it('gives a wrong answer back with everything that it lacks, and stores nothing of it', async () => {
    const rig = new WorkflowsRig({ 'check.yaml': CHECK });
    const run = await rig.start('check', { node: 'pi3' });
    const wrong = await rig.report(run, 'look', { full: 'yes' });
    expect(wrong.isError).toBe(true);
    expect(wrong.text).toMatch(/summary is missing/);
    expect(wrong.text).toMatch(/full: .*boolean/);
    expect((await rig.runs.get(run)).steps.look).toMatchObject({ status: 'running' });
    expect((await rig.report(run, 'look', { summary: 'Full.', full: true })).text).toContain('Step decide-true');
  });

  it('takes the same answer twice, since its first reply may have been lost, and no other one', async () => {
    const rig = new WorkflowsRig({ 'check.yaml': CHECK });
    const run = await rig.start('check', { node: 'pi3' });
    const answer = { summary: 'Full.', full: true };
    const first = await rig.report(run, 'look', answer);
    expect((await rig.report(run, 'look', answer)).text).toBe(first.text);
    expect(await rig.report(run, 'look', { ...answer, full: false })).toMatchObject({
      isError: true,
      text: expect.stringContaining('is done, not running'),
    });
  });

  it('shows the same instruction again when it is asked for its status', async () => {
    const rig = new WorkflowsRig({ 'check.yaml': CHECK });
    const first = await rig.call('start', { workflow: 'check', inputs: { node: 'pi3' }, why: 'disk alert' });
    const { text } = await rig.call('status', { run: runIn(first) });
    expect(text).toContain('- look: running (attempt 1)');
    expect(text).toContain(first.text);
    expect((await rig.call('status', {})).text).toMatch(new RegExp(`${runIn(first)}  check`));
  });

  it('is written to a log of its events, and to a page when it has ended', async () => {
    const rig = new WorkflowsRig({ 'check.yaml': CHECK });
    const run = await rig.start('check', { node: 'pi3' });
    await rig.report(run, 'look', { summary: 'Half full.', full: false });
    expect(Object.keys(rig.logs())).toEqual([`2026-11-24-check-${run}.jsonl`]);
    await rig.report(run, 'decide-false', { summary: 'It grows slowly.' });
    const { [`2026-11-24-check-${run}.jsonl`]: events = '', [`2026-11-24-check-${run}.md`]: page = '' } = rig.logs();
    const types = events
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).type);
    expect(types).toEqual((await rig.runs.history(run)).map(({ type }) => type));
    expect(types.at(-1)).toBe('ended');
    expect(page).toContain('# check: succeeded');
    expect(page).toContain('- **decide-false** done: It grows slowly.');
  });

  it('is ended by cancel, and nothing more is asked of anybody', async () => {
    const rig = new WorkflowsRig({ 'check.yaml': CHECK });
    const run = await rig.start('check', { node: 'pi3' });
    expect((await rig.call('cancel', { run, why: 'false alarm' })).text).toContain('has ended: cancelled');
    expect(await rig.report(run, 'look', { summary: 'Full.', full: true })).toMatchObject({ isError: true });
    expect((await rig.call('status', {})).text).toBe('No run goes on.');
  });

  it('takes no report from another session, until that one takes it up', async () => {
    const rig = new WorkflowsRig({ 'check.yaml': CHECK });
    const run = await rig.start('check', { node: 'pi3' });
    const input = { run, step: 'look', answer: { summary: 'Full.', full: true } };
    const other = { session: 'chat-2' };
    expect(await rig.call('report_step', input, other)).toMatchObject({
      isError: true,
      text: expect.stringContaining('another session'),
    });
    expect((await rig.call('start', { run, why: 'the other chat is gone' }, other)).text).toContain('Step look');
    expect(await rig.call('report_step', input, other)).toMatchObject({ isError: false });
  });

  it('asks a person before it starts what changes things without asking, and shows what', async () => {
    const rig = new WorkflowsRig({
      'quick.yaml': 'name: quick\nautonomy: { auto_approve: [restart pod, scale] }\n',
    });
    const input = { workflow: 'quick', inputs: { task: 'Restart web.' }, why: 'web hangs' };
    const asked = await rig.ask('start', input);
    expect(asked).toMatchObject({
      kind: 'ask',
      message: expect.stringContaining('without asking: restart pod, scale'),
    });
    expect((await rig.call('history', {})).text).toBe('Nothing was ever run.');
    expect((await rig.answer('start', input, 'approve')).text).toContain('Restart web.');
  });
});

describe('a step whose agent is lost', () => {
  const RETRY = `
name: retrying
steps:
  - { name: look, agent: k8s-diagnostician, task: Look., timeout: 1m, retry: { attempts: 2, backoff: 10s } }
`;
  const CHANGING = `
name: changing
steps:
  - { name: act, agent: k8s-diagnostician, task: Act., timeout: 1m }
`;

  it('is tried again after its timeout where the log shows no change', async () => {
    const rig = new WorkflowsRig({ 'retrying.yaml': RETRY });
    const run = await rig.start('retrying');
    rig.gate.clock.advance(60_000);
    expect((await rig.call('report_step', { run })).text).toContain('next attempt');
    rig.gate.clock.advance(10_000);
    expect((await rig.call('report_step', { run })).text).toContain('Step look: delegate');
  });

  it('is not handed out a second time after it has changed something', async () => {
    const rig = new WorkflowsRig({ 'changing.yaml': CHANGING }, { safe_actions: ['scale'] });
    const run = await rig.start('changing');
    expect((await rig.call('report_step', { run })).text).toContain('delegate to k8s-diagnostician');
    await rig.tool(aCall());
    expect((await rig.call('report_step', { run })).text).toContain('do not delegate it again');
    expect((await rig.call('start', { run, why: 'the other chat is gone' }, { session: 'chat-2' })).text).toMatch(
      /has ended: failed .*the session that did it is gone/,
    );
  });

  it('is handed out again by the session that takes its run up, where it has changed nothing', async () => {
    const rig = new WorkflowsRig({ 'changing.yaml': CHANGING });
    const run = await rig.start('changing');
    const taken = await rig.call('start', { run, why: 'the other chat is gone' }, { session: 'chat-2' });
    expect(taken.text).toContain('delegate to k8s-diagnostician');
  });

  it('fails where the log shows a change, and is not run again', async () => {
    const rig = new WorkflowsRig({ 'changing.yaml': CHANGING }, { safe_actions: ['scale'] });
    const run = await rig.start('changing');
    await rig.tool(aCall());
    expect(rig.gate.records().filter((record) => record.run === run)).toMatchObject([
      { phase: 'intent', workflow: 'changing', step: 'act' },
      { phase: 'outcome', workflow: 'changing', step: 'act' },
    ]);
    rig.gate.clock.advance(60_000);
    expect((await rig.call('report_step', { run })).text).toContain('has ended: failed');
  });

  it('asks a person what became of it where nobody knows', async () => {
    const rig = new WorkflowsRig({ 'changing.yaml': CHANGING }, { safe_actions: ['scale'] });
    const run = await rig.start('changing');
    const broken = aPlan({ run: () => Promise.reject(new Error('the connection broke')) });
    await rig.tool(aCall({ effect: aWrite(broken) }));
    rig.gate.clock.advance(60_000);
    const asked = await rig.ask('report_step', { run });
    expect(asked).toMatchObject({ kind: 'ask', message: expect.stringContaining('did it happen?') });
    expect((await rig.answer('report_step', { run }, 'approve')).text).toContain('has ended: succeeded');
  });
});
