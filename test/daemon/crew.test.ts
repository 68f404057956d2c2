import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { withdrawAll } from '../../daemon/crew/person.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { RunStore } from '../../shared/workflow/run-store.ts';
import { Runs } from '../../shared/workflow/runs.ts';
import { anApproval } from '../support/builders.ts';
import { anAlert } from '../support/run-rig.ts';
import { answered, type CrewRig, crewRig } from './crew-rig.ts';

const TWO = `
name: test
steps:
  - { name: look, agent: k8s-diagnostician, task: Look. }
  - { name: tell, agent: k8s-diagnostician, task: "{{ steps.look.summary }}" }
`;
const PROPOSING = `
name: test
trigger: [{ type: manual }, { type: alert, match: { alertname: KubePodCrashLooping } }]
steps:
  - { name: fix, agent: k8s-diagnostician, task: Fix it., confirm_if: actions_proposed }
`;
const SCALE = { server: 'kubectl', tool: 'scale', input: { name: 'web', replicas: 3 }, why: 'load' };
const proposing = async () => answered({ summary: 'More of them.', actions: [SCALE] });

async function over(rig: CrewRig, run = 'run-test') {
  await vi.waitFor(() => expect(rig.ended.some((state) => state.run === run)).toBe(true), { timeout: 10_000 });
  return rig.runs.get(run);
}

async function pendingOf(rig: CrewRig) {
  return vi.waitFor(async () => {
    const [approval] = await rig.approvals.list({ states: ['pending'] });
    return approval ?? expect.fail('nobody was asked');
  });
}

describe('a crew', () => {
  it('has the agents do the steps of a run, one after the other, and lets the run go at its end', async () => {
    const rig = await crewRig({ workflow: TWO });
    expect(await rig.crewOf('a').take(await rig.start())).toBe(true);
    const state = await over(rig);
    expect(state).toMatchObject({ status: 'succeeded', costUsd: 0.2 });
    expect(rig.asked.map(({ request }) => request.step)).toEqual(['look', 'tell']);
    expect(rig.asked[1]?.request.prompt).toContain('Fine.');
    expect((await rig.eventsOf('step-started')).map(({ by }) => by)).toEqual(['a', 'a']);
    await vi.waitFor(async () => expect(await rig.leases.claim('run-test', 'b', rig.clock.now(), 1)).toBeDefined());
  });

  it('drives no run that another one drives', async () => {
    const gone = Promise.withResolvers<void>();
    const rig = await crewRig({ workflow: TWO, agent: () => gone.promise.then(() => answered({ summary: 'Fine.' })) });
    const run = await rig.start();
    expect(await rig.crewOf('a').take(run)).toBe(true);
    expect(await rig.crewOf('b').take(run)).toBe(false);
    gone.resolve();
    await over(rig);
    expect(rig.asked).toHaveLength(2);
  });

  it('fails a step whose answer does not fit, and says what is missing', async () => {
    const rig = await crewRig({ workflow: TWO, agent: async () => answered({ sumary: 'typo' }) });
    await rig.crewOf('a').take(await rig.start());
    expect(await over(rig)).toMatchObject({ status: 'failed' });
    expect(await rig.eventsOf('step-failed')).toMatchObject([
      { reason: expect.stringContaining('summary is missing') },
    ]);
  });

  it('asks a person once for what an agent proposes, and carries out exactly that', async () => {
    const rig = await crewRig({ workflow: PROPOSING, agent: proposing });
    await rig.crewOf('a').take(await rig.start());
    const { id, what, details } = await pendingOf(rig);
    expect([what, details]).toEqual([expect.stringContaining('scale'), expect.stringContaining('replicas: 3')]);
    expect(rig.called).toEqual([]);
    await rig.approvals.settle(id, { decision: 'approve', by: 'anna', via: 'dashboard' });
    expect(await over(rig)).toMatchObject({ status: 'succeeded' });
    expect(rig.called).toEqual([{ run: 'run-test', server: 'kubectl', tool: 'scale', input: SCALE.input }]);
    expect(await rig.approvals.list({ states: ['pending', 'approved'] })).toEqual([]);
    const records = rig.gate.records().filter(({ tool }) => tool === 'scale');
    expect(records.map(({ phase, approval, run }) => [phase, approval.type, run])).toEqual([
      ['intent', 'user-confirmed', 'run-test'],
      ['outcome', 'user-confirmed', 'run-test'],
    ]);
  });

  it('does nothing of what a person rejects, or does not answer', async () => {
    for (const decision of ['reject', 'expire'] as const) {
      const rig = await crewRig({ workflow: PROPOSING, agent: proposing });
      await rig.crewOf('a').take(await rig.start());
      const { id } = await pendingOf(rig);
      if (decision === 'reject') await rig.approvals.settle(id, { decision, by: 'anna', via: 'dashboard' });
      else await rig.pass(1_000_000);
      expect(await over(rig), decision).toMatchObject({ status: 'succeeded', steps: { fix: { status: 'done' } } });
      expect(rig.called, decision).toEqual([]);
    }
  });

  it('records a call that the server refuses before it begins as failed, and calls it no second time', async () => {
    const rig = await crewRig({
      workflow: PROPOSING,
      agent: proposing,
      deps: { callTool: async () => ({ isError: true, text: 'The gate is shut.' }) },
    });
    await rig.crewOf('a').take(await rig.start());
    await rig.approvals.settle((await pendingOf(rig)).id, { decision: 'approve', by: 'anna', via: 'dashboard' });
    const { status, reason } = await over(rig);
    expect([status, reason]).toEqual(['failed', expect.stringContaining('not begun: The gate is shut.')]);
  });

  it('stops the agent of a run that a person cancels', async () => {
    const stopped = Promise.withResolvers<void>();
    const rig = await crewRig({
      workflow: TWO,
      agent: async (_, signal) => {
        signal.addEventListener('abort', () => stopped.resolve());
        await stopped.promise;
        return { kind: 'failed', reason: 'it was stopped' };
      },
    });
    await rig.crewOf('a').take(await rig.start());
    await vi.waitFor(() => expect(rig.asked).toHaveLength(1));
    await rig.runs.record('run-test', (_, at) => ({ type: 'cancel-requested', at, by: 'anna', reason: 'enough' }));
    expect(await over(rig)).toMatchObject({ status: 'cancelled' });
    await stopped.promise;
    expect(await rig.eventsOf('step-failed')).toMatchObject([{ changed: 'nothing' }]);
  });

  it('finds its question among hundreds that were asked after it, and voids it at its end', async () => {
    const rig = await crewRig({ workflow: PROPOSING, agent: proposing });
    const now = rig.clock.now();
    const others = async (run: string) => {
      for (let n = 0; n < 120; n += 1) {
        const [id, key] = [`ap-${run}-${n}`, `key-${run}-${n}`];
        await rig.approvals.request(anApproval({ id, key, run, createdAt: now + 1, expiresAt: now + 900_000 }));
      }
    };
    const crew = rig.crewOf('a');
    await crew.take(await rig.start());
    const { id } = await pendingOf(rig);
    await others('run-other');
    await vi.waitFor(() => expect(crew.inHand()).toMatchObject([{ doing: 'person' }]));
    await rig.approvals.settle(id, { decision: 'reject', by: 'anna', via: 'dashboard' });
    expect(await over(rig)).toMatchObject({ status: 'succeeded', steps: { fix: { status: 'done' } } });
    expect(await rig.eventsOf('proposal-settled')).toMatchObject([{ decision: 'rejected', approval: id }]);
    expect(rig.gate.logged).toEqual([]);

    await crew.take(await rig.start('run-2'));
    const second = await vi.waitFor(async () => {
      const all = await rig.approvals.list({ states: ['pending'], limit: 1_000 });
      return all.find(({ run }) => run === 'run-2') ?? expect.fail('nobody was asked');
    });
    await others('run-third');
    await rig.runs.record('run-2', (_, at) => ({ type: 'cancel-requested', at, by: 'anna', reason: 'enough' }));
    expect(await over(rig, 'run-2')).toMatchObject({ status: 'cancelled' });
    expect(await rig.approvals.get(second.id)).toMatchObject({ state: 'void', result: 'its run has ended' });
  });

  it('ends a run whose file is gone, however often that cannot be recorded, and lets it go', async () => {
    let tries = 0;
    const rig = await crewRig({
      workflow: TWO,
      agent: async () => {
        rmSync(join(rig.paths.workflows, 'test.yaml'));
        return answered({ summary: 'Fine.' });
      },
    });
    const store = rig.stores.runStore;
    const append: RunStore['append'] = async (seq, event, row) => {
      if (event.type === 'ended' && ++tries < 3) throw new OpsError('unreachable', 'The dashboard is away.', 'Wait.');
      return store.append(seq, event, row);
    };
    const runs = new Runs({ append, read: (run) => store.read(run), list: (filter) => store.list(filter) }, rig.clock);
    await rig.crewOf('a', { runs }).take(await rig.start());
    expect(await over(rig)).toMatchObject({ status: 'failed', reason: 'There is no workflow "test".' });
    expect(rig.asked).toHaveLength(1);
    await vi.waitFor(async () => expect(await rig.leases.claim('run-test', 'b', rig.clock.now(), 1)).toBeDefined());
  });

  it('voids what a run asks a person for when it is cancelled', async () => {
    const rig = await crewRig({ workflow: PROPOSING, agent: proposing });
    await rig.crewOf('a').take(await rig.start());
    const { id } = await pendingOf(rig);
    await rig.runs.record('run-test', (_, at) => ({ type: 'cancel-requested', at, by: 'anna', reason: 'enough' }));
    expect(await over(rig)).toMatchObject({ status: 'cancelled' });
    expect(await rig.approvals.get(id)).toMatchObject({ state: 'void', result: 'its run has ended' });
  });

  it('asks nobody any more once the alerts of the run have resolved, and voids what waits', async () => {
    const rig = await crewRig({ workflow: PROPOSING, agent: proposing });
    const cause = anAlert({ alertname: 'KubePodCrashLooping' });
    await rig.crewOf('a').take(await rig.start('run-test', cause));
    const { id } = await pendingOf(rig);
    const alert = cause.alert ?? expect.fail('an alert');
    await rig.runs.record('run-test', (_, at) => ({ type: 'alert-resolved', at, alert, left: 0 }));
    await withdrawAll(rig, 'run-test', 'its alerts have resolved');
    expect(await over(rig)).toMatchObject({ status: 'succeeded' });
    expect(await rig.approvals.get(id)).toMatchObject({ state: 'void', result: 'its alerts have resolved' });
    expect(rig.called).toEqual([]);
  });

  it('sees whether a change has helped, and fails the run where it has not', async () => {
    for (const result of ['cleared', 'not-cleared'] as const) {
      const rig = await crewRig({
        workflow: PROPOSING,
        agent: proposing,
        deps: { verify: async () => ({ result, detail: 'looked' }) },
      });
      await rig.crewOf('a').take(await rig.start('run-test', anAlert({ alertname: 'KubePodCrashLooping' })));
      await rig.approvals.settle((await pendingOf(rig)).id, { decision: 'approve', by: 'anna', via: 'dashboard' });
      const { status, verified } = await over(rig);
      expect([status, verified]).toEqual([result === 'cleared' ? 'succeeded' : 'failed', { result, detail: 'looked' }]);
    }
  });

  it('waits where agents lack credentials, says so, and goes on when they are there', async () => {
    const missing = new OpsError('precondition_failed', 'No key.', 'Set ANTHROPIC_API_KEY.');
    let lacks: OpsError | undefined = missing;
    const rig = await crewRig({ workflow: TWO });
    const agents = { missing: async () => lacks, run: async () => answered({ summary: 'Fine.' }) };
    const crew = rig.crewOf('a', { agents });
    await crew.take(await rig.start());
    await vi.waitFor(() => expect(crew.inHand()).toMatchObject([{ doing: 'credentials', step: 'look' }]));
    expect(rig.problems.get('credentials')).toBe(missing);
    expect(await rig.types()).toEqual(['created', 'admitted']);
    lacks = undefined;
    expect(await over(rig)).toMatchObject({ status: 'succeeded' });
    expect(rig.problems.size).toBe(0);
  });

  it('begins no step for which there is no money: the run fails, a day is waited for', async () => {
    const why = new OpsError('precondition_failed', 'Used up.', 'Raise it.');
    const rig = await crewRig({ workflow: TWO });
    const reserve = async () => ({ kind: 'refused', of: 'run', why }) as const;
    await rig.crewOf('a', { spending: { reserve } }).take(await rig.start());
    expect(await over(rig)).toMatchObject({ status: 'failed', reason: 'step look failed: Used up. Raise it.' });

    let money = false;
    const left = { kind: 'reserved', budgetUsd: 1, settle: async () => {}, leave: async () => {} } as const;
    const day = { kind: 'refused', of: 'day', why, retryAt: rig.clock.now() + 1000 } as const;
    await rig.crewOf('b', { spending: { reserve: async () => (money ? left : day) } }).take(await rig.start('run-2'));
    await vi.waitFor(() => expect(rig.problems.get('budget')).toBe(why));
    money = true;
    expect(await over(rig, 'run-2')).toMatchObject({ status: 'succeeded' });
    expect(rig.asked).toHaveLength(2);
  });

  it('lets only so many agents work at the same time', async () => {
    let now = 0;
    let most = 0;
    const both = Promise.withResolvers<void>();
    const rig = await crewRig({
      workflow: TWO,
      agent: async () => {
        now += 1;
        most = Math.max(most, now);
        if (now === 2) both.resolve();
        await both.promise;
        now -= 1;
        return answered({ summary: 'Fine.' });
      },
    });
    const crew = rig.crewOf('a');
    const runs = ['run-1', 'run-2', 'run-3', 'run-4', 'run-5'];
    for (const run of runs) await crew.take(await rig.start(run));
    for (const run of runs) await over(rig, run);
    expect(most).toBe(2);
  });
});

describe('a crew that is stopped', () => {
  it('lets a step come to its end, begins nothing new, and leaves the run to the next one', async () => {
    const answer = Promise.withResolvers<void>();
    const rig = await crewRig({
      workflow: TWO,
      agent: async ({ request }) => {
        if (request.step === 'look') await answer.promise;
        return answered({ summary: 'Fine.' });
      },
    });
    // Its patience lasts until the step has ended.
    const first = rig.crewOf('a', {
      sleep: (_, signal) => new Promise((go) => signal.addEventListener('abort', () => go())),
    });
    await first.take(await rig.start());
    await vi.waitFor(() => expect(rig.asked).toHaveLength(1));
    const drained = first.drain(60_000);
    answer.resolve();
    await drained;
    expect(await rig.types()).toEqual(['created', 'admitted', 'step-started', 'step-finished']);
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    void rig.crewOf('b').adopt(stop.signal);
    expect(await over(rig)).toMatchObject({ status: 'succeeded' });
    expect((await rig.eventsOf('step-started')).map(({ by }) => by)).toEqual(['a', 'b']);
  });

  it('stops a step that takes too long; where that changed nothing, the next one does it anew', async () => {
    const rig = await crewRig({
      workflow: TWO,
      agent: async ({ request }, signal) => {
        if (request.attempt > 1 || request.step === 'tell') return answered({ summary: 'Fine.' });
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return { kind: 'failed', reason: 'it was stopped' };
      },
    });
    const first = rig.crewOf('a');
    await first.take(await rig.start());
    await vi.waitFor(() => expect(rig.asked).toHaveLength(1));
    await first.drain(0);
    expect(await rig.types()).toEqual(['created', 'admitted', 'step-started']);
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    void rig.crewOf('b').adopt(stop.signal);
    expect(await over(rig)).toMatchObject({ status: 'succeeded' });
    expect(await rig.eventsOf('step-failed')).toMatchObject([
      { attempt: 1, changed: 'nothing', reason: 'the daemon that ran it is gone' },
    ]);
  });
});
