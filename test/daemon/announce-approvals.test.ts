import { describe, expect, it } from 'vitest';
import { finishedEvent } from '../../shared/workflow/outcomes.ts';
import { anApproval } from '../support/builders.ts';
import { aWorkflow } from '../support/workflows.ts';
import { announceRig, MINUTE } from './announce-rig.ts';
import { anAlert } from './incidents-rig.ts';

type Rig = ReturnType<typeof announceRig>;

/** One more approval that waits. */
async function ask({ plane, clock }: Rig, n = 1, change: Parameters<typeof anApproval>[0] = {}) {
  const id = `ap-000000000${n}`;
  const times = { createdAt: clock.now(), expiresAt: clock.now() + 15 * MINUTE };
  return plane.approvals.open(anApproval({ id, key: `key-${n}`, ...times, ...change }));
}

describe('an approval that waits', () => {
  it('is told once, whoever asks for it, and leads to its page', async () => {
    const rig = announceRig();
    const { look, start } = rig.daemon();
    await ask(rig, 1, { input: { namespace: 'shop' }, agent: 'main', session: 'a-chat' });
    expect(await look()).toMatchObject([
      {
        ...{ kind: 'approval-wanted', approval: 'ap-0000000001', severity: 'warning', namespaces: ['shop'] },
        link: 'https://k8s.lan/pending/ap-0000000001',
      },
    ]);
    await ask(rig, 2);
    expect(await look()).toMatchObject([{ approval: 'ap-0000000002' }]);
    expect(await look()).toEqual([]);
    // A restart repeats nothing.
    expect(await look(start())).toEqual([]);
  });

  it('is told by one of two daemons', async () => {
    const rig = announceRig();
    const [one, two] = [rig.daemon('pi5'), rig.daemon('laptop')];
    await ask(rig);
    expect(await Promise.all([one.look(), two.look()]).then((heard) => heard.flat())).toHaveLength(1);
    expect(await one.look()).toEqual([]);
    expect(await two.look()).toEqual([]);
  });

  it('is told though the run of another one cannot be read, and that one, too, without its run', async () => {
    const rig = announceRig();
    const { look } = rig.daemon();
    const read = rig.plane.runs.read.bind(rig.plane.runs);
    rig.plane.runs.read = async (run) => (run === 'run-bad' ? Promise.reject(new Error('another version')) : read(run));
    await ask(rig, 1, { run: 'run-bad' });
    await ask(rig, 2);
    expect((await look()).map(({ id }) => id).sort()).toEqual([
      'approval-wanted ap-0000000001',
      'approval-wanted ap-0000000002',
    ]);
  });

  it('is as urgent as the worst alert that has joined its run', async () => {
    const rig = announceRig();
    const { look } = rig.daemon();
    const { run, alert } = await rig.incident('web', { severity: 'warning' });
    await look();
    const critical = { ...alert, labels: { ...alert.labels, severity: 'critical' } };
    await ask(rig, 1, { run });
    await rig.runs.record(run, (_, at) => ({ type: 'alert-joined', at, alert: critical }));
    expect(await look()).toMatchObject([{ kind: 'approval-wanted', severity: 'critical' }]);
  });

  it('is told by the daemon that leads alone', async () => {
    const rig = announceRig();
    const { look, state } = rig.daemon();
    state.leads = false;
    await ask(rig);
    expect(await look()).toEqual([]);
    state.leads = true;
    expect(await look()).toHaveLength(1);
  });

  it('is told by another daemon where the first one died while it was about to, a minute later', async () => {
    const rig = announceRig();
    const killed = () => {
      throw new Error('killed');
    };
    const dying = rig.daemon('pi5', { notifier: { notify: killed } });
    await ask(rig);
    await dying.look();
    const { look } = rig.daemon('laptop');
    expect(await look()).toEqual([]);
    rig.clock.advance(MINUTE);
    expect(await look()).toHaveLength(1);
  });

  it('is as urgent as the alert of its run, and carries workflow and namespaces of what the run proposes', async () => {
    const rig = announceRig();
    const { look } = rig.daemon();
    const fix = aWorkflow(`
name: fix-it
trigger: [{ type: alert, match: { alertname: KubePodCrashLooping } }]
steps:
  - { name: fix, agent: k8s-diagnostician, task: Fix it., confirm_if: actions_proposed }
`);
    const alert = anAlert({ labels: { severity: 'critical' } });
    const { run } = await rig.runs.start(fix, { cause: { kind: 'alert', by: 'Alertmanager', alert } });
    await rig.runs.advance(fix, run);
    await rig.runs.record(run, (_, at) => ({
      type: 'step-started',
      at,
      step: 'fix',
      attempt: 1,
      deadline: at + 1_000,
    }));
    const actions = ['shop', 'web', 'shop'].map((namespace) => ({
      ...{ server: 'kubectl', tool: 'restart_pod', input: { pod: 'web-1', namespace }, why: 'stuck' },
    }));
    await rig.runs.record(run, (state, at) => finishedEvent(fix, state, 'fix', { summary: 'Stuck.', actions }, at));
    await ask(rig, 1, { run, input: { run, step: 'fix', proposal: 'digest' } });
    await ask(rig, 2, { run, input: { name: 'web' } });
    await ask(rig, 3, { run: 'run-of-another-machine' });
    expect(await look()).toMatchObject([
      { approval: 'ap-0000000001', severity: 'critical', workflow: 'fix-it', namespaces: ['shop', 'web'] },
      { approval: 'ap-0000000002', severity: 'critical', workflow: 'fix-it', namespaces: ['shop'] },
      { approval: 'ap-0000000003', severity: 'warning', namespaces: [] },
    ]);
  });

  it('has no link where it waits on this machine alone, or without a dashboard', async () => {
    const rig = announceRig();
    await ask(rig);
    expect((await rig.daemon('pi5', { approvalLink: async () => undefined }).look())[0]).not.toHaveProperty('link');
  });

  it('is no news any more when it has been answered', async () => {
    const rig = announceRig();
    await ask(rig);
    await rig.approvals.settle('ap-0000000001', { decision: 'approve', by: 'ada', via: 'cli' });
    expect(await rig.daemon().look()).toEqual([]);
  });

  it('is told when the outbox can be written again, and people hear that it came late', async () => {
    const rig = announceRig();
    const { look, notifier, announcer } = rig.daemon('pi5', {
      notifier: { notify: (one) => works && notifier.notify(one) },
    });
    let works = false;
    await ask(rig);
    expect(await look()).toEqual([]);
    expect(announcer.problems()).toMatchObject([{ id: 'outbox' }]);
    works = true;
    rig.clock.advance(7 * MINUTE);
    const heard = await look();
    expect(heard.map(({ kind }) => kind).sort()).toEqual(['approval-wanted', 'daemon-healthy']);
    expect(heard.find(({ kind }) => kind === 'daemon-healthy')).toMatchObject({
      problem: 'pi5: notifications could not be stored, and come late',
      since: rig.clock.now() - 7 * MINUTE,
    });
    expect(announcer.problems()).toEqual([]);
    expect(await look()).toEqual([]);
  });

  it('is looked for until it is told to stop, and a store that is away is one line of the log', async () => {
    const rig = announceRig();
    const stop = new AbortController();
    let looks = 0;
    const list = async () => {
      looks += 1;
      if (looks === 4) stop.abort();
      if (looks < 3) throw new Error('away');
      return rig.approvals.list({ states: ['pending'] });
    };
    const { announcer, logged } = rig.daemon('pi5', { approvals: { list } });
    await announcer.run(stop.signal);
    expect(looks).toBe(4);
    expect(logged).toEqual(['what there is to tell of approvals is told later']);
  });
});
