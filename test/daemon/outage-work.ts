import { expect } from 'vitest';
import type { DaemonStores } from '../../daemon/stores.ts';
import { answered } from './crew-rig.ts';
import { type Agent, alerts, fine, joinedDaemon } from './joined-rig.ts';
import type { homeWithDashboardElsewhere } from './outage-rig.ts';
import { soon } from './takeover-rig.ts';

export const WORKFLOWS = {
  busy: `
trigger: [{ type: alert, match: { case: busy } }]
steps:
  - { name: look, agent: k8s-diagnostician, task: Look., timeout: 1d }
  - { name: tell, agent: k8s-diagnostician, task: "{{ steps.look.summary }}", timeout: 1d }
`,
  asks: `
trigger: [{ type: alert, match: { case: asks } }]
timeout: 2d
steps:
  - { name: fix, agent: k8s-diagnostician, task: Propose., timeout: 1d, confirm_if: actions_proposed }
`,
  fresh: `
trigger: [{ type: alert, match: { case: fresh } }]
steps:
  - { name: look, agent: k8s-diagnostician, task: Look., timeout: 1d }
`,
};
const SCALE = {
  ...{ server: 'kubectl', tool: 'scale', why: 'load' },
  input: { kind: 'deployment', namespace: 'asks', name: 'web', replicas: 3 },
};

/** Works on `busy` until it is let go or stopped; proposes for `asks`. */
function agents() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stopped: string[] = [];
  const agent: Agent = async (task, signal) => {
    const { workflow, request } = task;
    if (workflow === 'asks') return answered({ summary: 'More of them.', actions: [SCALE] }, 0.01);
    if (workflow !== 'busy' || request.step !== 'look') return fine(task, signal);
    const over = new Promise<void>((abort) => signal.addEventListener('abort', () => abort()));
    await Promise.race([promise, over]);
    if (!signal.aborted) return fine(task, signal);
    stopped.push(`${request.step} ${request.attempt}`);
    return { kind: 'failed', reason: 'it was stopped' };
  };
  return { agent, go: resolve, stopped };
}

type Rig = Awaited<ReturnType<typeof homeWithDashboardElsewhere>>;

/** A daemon in the middle of a step, of a question to a person, and of taking in an alert when `cut` is called. */
export async function inTheMiddle(rig: Rig, cut: () => Promise<void>) {
  const { home, plane, approvals, clock } = rig;
  const work = agents();
  let isFresh = false;
  const change = (stores: DaemonStores): DaemonStores => ({
    ...stores,
    inbox: {
      ...stores.inbox,
      acknowledge: async (...entry) => {
        if (isFresh) await cut();
        isFresh = false;
        return stores.inbox.acknowledge(...entry);
      },
    },
  });
  const daemon = await joinedDaemon(home, { agent: work.agent, change });
  void daemon.run();
  await plane.inbox.receive('{}', alerts('busy', 'asks'), clock.now());
  const approval = await soon(async () => {
    expect((await daemon.daemon.view()).runs).toHaveLength(2);
    const [pending] = await approvals.list({ states: ['pending'] });
    return pending ?? expect.fail('nobody was asked');
  });
  isFresh = true;
  await plane.inbox.receive('{}', alerts('fresh'), clock.now());
  await soon(() => expect(isFresh).toBe(false));
  return { ...daemon, ...work, approval };
}

export const AWAY = expect.objectContaining({ what: expect.stringContaining('the dashboard cannot be read') });

type Working = Awaited<ReturnType<typeof inTheMiddle>>;

/** Everything is done once, and by the same daemon. */
export async function isDoneOnce(rig: Rig, { approval, called, go, daemon }: Working) {
  const { approvals, eventsOf, runs, plane } = rig;
  go();
  await approvals.settle(approval.id, { decision: 'approve', by: 'anna', via: 'dashboard' });
  await soon(async () => {
    for (const workflow of Object.keys(WORKFLOWS))
      expect((await eventsOf(workflow)).at(-1), workflow).toMatchObject({ type: 'ended', status: 'succeeded' });
  });
  expect(await runs.list()).toHaveLength(3);
  expect(called.map(({ tool }) => tool)).toEqual(['scale']);
  expect((await approvals.list()).map(({ state }) => state)).toEqual(['executed']);
  await soon(async () => expect(await plane.inbox.waiting()).toEqual([]));
  await soon(async () => expect(await daemon.view()).toMatchObject({ leads: true, runs: [] }));
  await soon(async () => expect((await daemon.view()).problems).not.toContainEqual(AWAY));
}

export async function stepsOf({ eventsOf }: Rig, workflow: string): Promise<string[]> {
  const events = await eventsOf(workflow);
  return events.flatMap((event) => ('attempt' in event ? [`${event.type} ${event.step} ${event.attempt}`] : []));
}

/** What was begun when the lease was over is begun anew: nobody knows, until it is back, who has it. */
export const BEGUN_ANEW = [
  ...['step-started look 1', 'step-failed look 1', 'step-started look 2', 'step-finished look 2'],
  ...['step-started tell 1', 'step-finished tell 1'],
];
export const DONE = ['step-started look 1', 'step-finished look 1', 'step-started tell 1', 'step-finished tell 1'];
