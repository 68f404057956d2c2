import { describe, expect, it } from 'vitest';
import { aCall, NODE, POD } from '../../support/builders.ts';
import { ACTOR, WorkflowsRig } from '../../support/workflows-rig.ts';

const EMERGENCY = `
name: emergency
autonomy: { auto_approve: [scale, drain], always_confirm: [restart pod] }
steps:
  - { name: act, agent: k8s-diagnostician, task: Act. }
`;
const INPUT = { workflow: 'emergency', why: 'web hangs' };

async function emergency() {
  const rig = new WorkflowsRig({ 'emergency.yaml': EMERGENCY });
  const { text } = await rig.answer('start', INPUT, 'approve');
  return { rig, run: /run-\w+/.exec(text)?.[0] ?? '' };
}

describe('what a workflow approves by itself', () => {
  it('runs without a question in its own run, and the log says why', async () => {
    const { rig, run } = await emergency();
    expect(await rig.tool(aCall())).toMatchObject({ kind: 'answer', isError: false });
    expect(rig.gate.records().at(-1)).toMatchObject({
      run,
      workflow: 'emergency',
      step: 'act',
      tier: 'safe',
      approval: { type: 'workflow' },
    });
  });

  it('asks in a session that runs nothing', async () => {
    const rig = new WorkflowsRig({ 'emergency.yaml': EMERGENCY });
    expect(await rig.tool(aCall())).toMatchObject({ kind: 'ask' });
  });

  it.each([
    ['another session', { session: 'chat-2', agent: 'k8s-diagnostician' }],
    ['a session that nobody wrote down', { agent: 'k8s-diagnostician' }],
    ['an agent that has no step now', { session: 'chat-1', agent: 'k8s-orchestrator' }],
    ['an agent that nobody wrote down', { session: 'chat-1' }],
  ])('asks %s', async (_, who) => {
    const { rig } = await emergency();
    expect(await rig.tool(aCall(), who)).toMatchObject({ kind: 'ask' });
  });

  it('asks when the run has ended', async () => {
    const { rig, run } = await emergency();
    await rig.report(run, 'act', { summary: 'Done.' });
    expect(await rig.tool(aCall())).toMatchObject({ kind: 'ask' });
    expect(await rig.tool(aCall(), ACTOR, run)).toMatchObject({ kind: 'ask' });
  });

  it('asks when the file has changed since the run was started', async () => {
    const { rig } = await emergency();
    rig.write('emergency.yaml', `${EMERGENCY}# changed\n`);
    expect(await rig.tool(aCall())).toMatchObject({ kind: 'ask' });
  });

  it('asks when the file is gone', async () => {
    const { rig } = await emergency();
    rig.write('emergency.yaml', 'name: broken');
    rig.write('other.yaml', EMERGENCY.replace('emergency', 'other'));
    expect(await rig.tool(aCall())).toMatchObject({ kind: 'ask' });
  });

  it('never reaches what is forbidden', async () => {
    const { rig } = await emergency();
    const drain = aCall({ tool: 'drain', action: { verb: 'drain', kind: NODE, name: 'pi3' } });
    expect(await rig.tool(drain)).toMatchObject({
      kind: 'answer',
      isError: true,
      text: expect.stringContaining('Refused'),
    });
  });

  it('belongs to the run that a process was started for, and to no other', async () => {
    const { rig, run } = await emergency();
    expect(await rig.tool(aCall(), { ...ACTOR, session: 'daemon' }, run)).toMatchObject({
      kind: 'answer',
      isError: false,
    });
    expect(await rig.tool(aCall(), ACTOR, 'run-aaaaaaaaaa')).toMatchObject({ kind: 'ask' });
  });

  it('cannot be claimed by what a call says', async () => {
    const { rig, run } = await emergency();
    const claims = { run, workflow: 'emergency', step: 'act', agent: 'k8s-diagnostician', session: 'chat-1' };
    const call = aCall({ input: claims, given: claims });
    expect(await rig.tool(call, { ...ACTOR, session: 'chat-2' })).toMatchObject({ kind: 'ask' });
  });

  it('is confirmed again where the step says confirm, and what the file always confirms is asked for', async () => {
    const { rig } = await emergency();
    const restart = aCall({ tool: 'restart_pod', action: { verb: 'restart', kind: POD } });
    expect(await rig.tool(restart)).toMatchObject({ kind: 'ask' });
    rig.write(
      'careful.yaml',
      EMERGENCY.replace('name: emergency', 'name: careful').replace('task: Act.', 'task: Act., confirm: true'),
    );
    await rig.call('cancel', { run: (await rig.runs.list())[0]?.run ?? '', why: 'over' });
    await rig.answer('start', { ...INPUT, workflow: 'careful' }, 'approve');
    expect(await rig.tool(aCall())).toMatchObject({ kind: 'ask' });
  });

  it('fails where two runs have a step for the same agent, rather than to guess', async () => {
    const { rig } = await emergency();
    await rig.answer('start', { ...INPUT, why: 'and again' }, 'approve');
    expect(await rig.tool(aCall())).toMatchObject({
      kind: 'answer',
      isError: true,
      text: expect.stringContaining('2 runs'),
    });
  });
});

describe('a named action', () => {
  const RESTART = `
name: restarting
steps:
  - { name: act, action: restart-pod, inputs: { pod: web-1, namespace: shop } }
`;

  it('keeps to its own tools, whatever its agent may do elsewhere', async () => {
    const rig = new WorkflowsRig({ 'restarting.yaml': RESTART }, { safe_actions: ['scale'] });
    await rig.start('restarting');
    expect(await rig.tool(aCall())).toMatchObject({
      isError: true,
      text: expect.stringContaining('may use kubectl.get'),
    });
    expect(await rig.tool(aCall({ tool: 'restart_pod', action: { verb: 'restart', kind: POD } }))).toMatchObject({
      isError: false,
    });
  });
});
