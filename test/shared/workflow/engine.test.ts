import { describe, expect, it } from 'vitest';
import { asked, BY_HAND, RunRig } from '../../support/run-rig.ts';
import { aWorkflow } from '../../support/workflows.ts';

const OK = { summary: 'Fine.' };

const two = (first = '', rest = '') =>
  aWorkflow(`
name: two
${rest}
steps:
  - name: look
    agent: k8s-diagnostician
    task: Look.
    ${first}
  - name: act
    agent: k8s-diagnostician
    task: Act.
`);

const PROPOSING = two('confirm_if: actions_proposed');
const scale = (replicas: number) => ({
  server: 'kubectl',
  tool: 'scale',
  input: { name: 'web', replicas },
  why: 'load',
});

describe('a run that is named by what starts it', () => {
  it('is made once, however often it is started, and goes on from where it is', async () => {
    const rig = new RunRig(two());
    await rig.start({ run: 'run-tick' });
    await rig.begin('look');
    const again = await rig.runs.start(rig.workflow, { run: 'run-tick', cause: BY_HAND });
    expect(again).toEqual(await rig.state());
    expect(again.steps.look?.status).toBe('running');
    expect(await rig.runs.list()).toHaveLength(1);
  });
});

describe('a step that fails', () => {
  it('ends the run; what comes after it is skipped, except for the report', async () => {
    const rig = new RunRig(
      aWorkflow(`
name: failing
steps:
  - { name: look, agent: k8s-diagnostician, task: Look. }
  - { name: act, agent: k8s-diagnostician, task: Act. }
  - { name: notify, action: report, outputs: [summary] }
`),
    );
    await rig.start();
    expect(await rig.fail('look', 'something')).toEqual({ kind: 'none' });
    expect(await rig.steps()).toEqual({ look: 'failed', act: 'skipped', notify: 'done' });
    expect(await rig.state()).toMatchObject({
      status: 'failed',
      reason: 'step look failed: it broke',
      outputs: { summary: 'look: failed: it broke\nact: skipped: step look failed' },
    });
  });

  it('is tried again with growing pauses where it changed nothing, and only as often as the file says', async () => {
    const rig = new RunRig(two('retry: { attempts: 3, backoff: 10s }'));
    await rig.start();
    const t0 = rig.clock.now();
    expect(await rig.fail('look', 'nothing')).toEqual({ kind: 'wait', until: t0 + 10_000 });
    rig.clock.advance(10_000);
    expect(await rig.command()).toMatchObject({ kind: 'run-step', request: { step: 'look', attempt: 2 } });
    expect(await rig.fail('look', 'nothing', 2)).toEqual({ kind: 'wait', until: rig.clock.now() + 20_000 });
    rig.clock.advance(20_000);
    expect(await rig.fail('look', 'nothing', 3)).toEqual({ kind: 'none' });
  });

  it('counts its attempts: a second start is refused, and so is an attempt out of turn', async () => {
    const rig = new RunRig(two('retry: { attempts: 3, backoff: 1s }'));
    await rig.start();
    await expect(rig.begin('look', 2)).rejects.toThrow('does not fit');
    await rig.begin('look');
    await expect(rig.begin('look')).rejects.toThrow('does not fit');
    await rig.lose('look', 'nothing');
    await expect(rig.begin('look', 1)).rejects.toThrow('does not fit');
  });

  it('is not tried again where it changed something', async () => {
    const rig = new RunRig(two('retry: { attempts: 3 }'));
    await rig.start();
    expect(await rig.fail('look', 'something')).toEqual({ kind: 'none' });
  });

  it('waits for a person where nobody knows what it changed', async () => {
    const rig = new RunRig(two('retry: { attempts: 3 }'));
    await rig.start();
    expect(await rig.fail('look', 'unknown')).toEqual({ kind: 'ask-outcome', step: 'look', reason: 'it broke' });
    rig.clock.advance(60_000);
    expect(await rig.command()).toMatchObject({ kind: 'ask-outcome' });
    const decided = await rig.record((at) => ({
      type: 'person-decided',
      at,
      step: 'look',
      by: 'anna',
      outcome: 'succeeded',
      note: 'it is there',
    }));
    expect(asked(decided)).toBe('act');
  });

  it('fails before anybody is asked where its template names what is not there', async () => {
    const rig = new RunRig(
      aWorkflow(`
name: missing-label
trigger: { type: alert, match: { alertname: X } }
steps:
  - { agent: k8s-diagnostician, task: "Look at {{ alert.labels.pod }}" }
`),
    );
    expect(
      await rig.start({
        cause: {
          kind: 'alert',
          by: 'x',
          alert: {
            labels: {},
            annotations: {},
            status: '',
            startsAt: '',
            endsAt: '',
            generatorURL: '',
            fingerprint: '',
          },
        },
      }),
    ).toEqual({ kind: 'none' });
    expect((await rig.state()).reason).toContain('undefined variable: alert.labels.pod');
  });
});

describe('proposed actions', () => {
  it('are asked for once, for exactly their digests, and then run one after the other', async () => {
    const rig = new RunRig(PROPOSING);
    await rig.start();
    const command = await rig.answer('look', { ...OK, actions: [scale(3), scale(4)] });
    if (command.kind !== 'ask-person') throw new Error(command.kind);
    expect(new Set(command.proposal.actions.map(({ digest }) => digest)).size).toBe(2);
    const first = await rig.settle('look', command.proposal.digest, 'approved');
    expect(first).toMatchObject({ kind: 'execute', index: 0, action: scale(3), approval: 'ap-1' });
    await rig.record((at) => ({ type: 'action-started', at, step: 'look', index: 0 }));
    expect(await rig.command()).toEqual({ kind: 'await-action', step: 'look', index: 0 });
    const second = await rig.record((at) => ({
      type: 'action-finished',
      at,
      step: 'look',
      index: 0,
      status: 'ok',
      message: '',
    }));
    expect(second).toMatchObject({ kind: 'execute', index: 1, action: scale(4) });
  });

  it('an approval for other content is refused', async () => {
    const rig = new RunRig(PROPOSING);
    await rig.start();
    await rig.answer('look', { ...OK, actions: [scale(3)] });
    await expect(rig.settle('look', 'another digest', 'approved')).rejects.toThrow('does not fit');
    expect(await rig.command()).toMatchObject({ kind: 'ask-person' });
  });

  it.each(['rejected', 'expired'] as const)('do not run when they are %s, and the run goes on', async (decision) => {
    const rig = new RunRig(PROPOSING);
    await rig.start();
    const command = await rig.answer('look', { ...OK, actions: [scale(3)] });
    if (command.kind !== 'ask-person') throw new Error(command.kind);
    expect(asked(await rig.settle('look', command.proposal.digest, decision))).toBe('act');
  });

  it('nobody is asked where none is proposed', async () => {
    const rig = new RunRig(PROPOSING);
    await rig.start();
    expect(asked(await rig.answer('look', { ...OK, actions: [] }))).toBe('act');
  });

  it('one that was begun before a crash is never run again by itself', async () => {
    const rig = new RunRig(PROPOSING);
    await rig.start();
    const command = await rig.answer('look', { ...OK, actions: [scale(3)] });
    if (command.kind !== 'ask-person') throw new Error(command.kind);
    await rig.settle('look', command.proposal.digest, 'approved');
    await rig.record((at) => ({ type: 'action-started', at, step: 'look', index: 0 }));
    const after = await rig.record((at) => ({
      type: 'action-finished',
      at,
      step: 'look',
      index: 0,
      status: 'unknown',
      message: 'the process ended',
    }));
    expect(after).toMatchObject({ kind: 'ask-outcome', step: 'look' });
    await expect(rig.record((at) => ({ type: 'action-started', at, step: 'look', index: 0 }))).rejects.toThrow(
      'does not fit',
    );
  });
});

describe('confirmation by condition', () => {
  it.each([[true], [false]])('an expression that gives %s says whether changes are confirmed', async (risky) => {
    const rig = new RunRig(
      aWorkflow(`
name: conditional
inputs: { risky: { type: boolean } }
steps:
  - { agent: k8s-diagnostician, task: Act., confirm_if: "{{ inputs.risky }}" }
`),
    );
    expect(await rig.start({ inputs: { risky } })).toMatchObject({ request: { confirm: risky } });
  });
});

describe('time', () => {
  it('a step that takes too long is aborted, and the driver says what it changed', async () => {
    const rig = new RunRig(two());
    await rig.start();
    expect(await rig.begin('look')).toMatchObject({ kind: 'await-step', step: 'look', attempt: 1 });
    rig.clock.advance(60_000);
    expect(await rig.command()).toEqual({
      kind: 'abort-step',
      step: 'look',
      attempt: 1,
      reason: 'the step took longer than its timeout',
    });
    expect(await rig.lose('look', 'nothing')).toEqual({ kind: 'none' });
  });

  it('a run that takes too long ends, after what has begun has been brought to an end', async () => {
    const rig = new RunRig(two('', 'timeout: 30s'));
    await rig.start();
    await rig.begin('look');
    rig.clock.advance(30_000);
    expect(await rig.command()).toMatchObject({ kind: 'abort-step' });
    await rig.lose('look', 'nothing');
    expect(await rig.state()).toMatchObject({ status: 'timed-out' });
  });

  it('a run that was cancelled asks nobody any more', async () => {
    const rig = new RunRig(two());
    await rig.start();
    expect(await rig.record((at) => ({ type: 'cancel-requested', at, by: 'anna', reason: 'enough' }))).toEqual({
      kind: 'none',
    });
    expect(await rig.state()).toMatchObject({ status: 'cancelled', reason: 'cancelled by anna: enough' });
    await expect(rig.begin('look')).rejects.toThrow('has ended');
  });

  it('a run whose file has changed ends instead of going on with another definition', async () => {
    const rig = new RunRig(two());
    await rig.start();
    const { state } = await rig.runs.advance(two('', 'description: other'), rig.run);
    expect(state).toMatchObject({ status: 'failed', reason: expect.stringContaining('has changed') });
  });
});

describe('concurrency', () => {
  const locking = (on: string) =>
    two('', `inputs: { app: {} }\nconcurrency: { key: "app-{{ inputs.app }}", on_conflict: ${on} }`);

  it.each([
    ['skip', 'skipped'],
    ['queue', 'waiting'],
  ])('with %s a second run of the same key is %s', async (on, status) => {
    const rig = new RunRig(locking(on));
    await rig.start({ inputs: { app: 'web' } });
    const second = await rig.runs.start(rig.workflow, { cause: BY_HAND, inputs: { app: 'web' } });
    await rig.runs.advance(rig.workflow, second.run);
    expect(await rig.runs.get(second.run)).toMatchObject({ status });
    const other = await rig.runs.start(rig.workflow, { cause: BY_HAND, inputs: { app: 'api' } });
    expect(asked((await rig.runs.advance(rig.workflow, other.run)).command)).toBe('look');
  });

  it('a queued run goes on when the first one has ended', async () => {
    const rig = new RunRig(locking('queue'));
    await rig.start({ inputs: { app: 'web' } });
    const second = await rig.runs.start(rig.workflow, { cause: BY_HAND, inputs: { app: 'web' } });
    expect(await rig.runs.advance(rig.workflow, second.run)).toMatchObject({ locked: true });
    await rig.record((at) => ({ type: 'cancel-requested', at, by: 'anna', reason: '' }));
    expect(asked((await rig.runs.advance(rig.workflow, second.run)).command)).toBe('look');
  });
});

describe('models', () => {
  it.each([
    ['', 'sonnet', true],
    ['model: opus', 'opus', false],
    ['model: dynamic\n    complexity: simple', 'haiku', false],
    ['model: "{% if true %}x{% endif %}{{ 1 }}"', '', false],
    [`model: "{{ inputs.model | default: 'haiku' }}"`, 'haiku', false],
  ])('%s asks for %s', async (line, model, free) => {
    const load = () => two(line, 'inputs: { model: {} }');
    if (model === '') return expect(load).toThrow('is no expression');
    const rig = new RunRig(load());
    expect(await rig.start()).toMatchObject({ request: { model, free } });
  });
});

describe('who may start a run', () => {
  it('a schedule starts only what names one, and unknown inputs are named', async () => {
    const rig = new RunRig(two('', 'inputs: { app: { required: true } }'));
    await expect(rig.start({ cause: { kind: 'schedule', by: 'daemon' } })).rejects.toThrow(
      'no trigger of type schedule',
    );
    await expect(rig.start({ inputs: { ap: 'x' } })).rejects.toThrow(
      'unknown input "ap". Did you mean "app"? Valid: app.; input "app" is missing',
    );
    await expect(rig.start({ inputs: { app: 3 } })).rejects.toThrow('expected a string, not number');
  });
});
