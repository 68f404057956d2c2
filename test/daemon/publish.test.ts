import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Problem } from '../../daemon/announce/problem.ts';
import type { BreakerState } from '../../daemon/breaker/breaker.ts';
import { publish, watchedOf } from '../../daemon/publish/publish.ts';
import { StatusPublisher } from '../../daemon/publish/status.ts';
import { WorkflowsPublisher } from '../../daemon/publish/workflows.ts';
import { nextRunAt } from '../../daemon/schedule/plan.ts';
import { sleep } from '../../daemon/sleep.ts';
import { reportStatus } from '../../daemon/status/reporter.ts';
import { sourcesOf } from '../../daemon/status/sources.ts';
import { configSchema } from '../../shared/config/schema.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { isLed } from '../../shared/control-plane/status.ts';
import { A_DAEMON, aStatus } from '../support/builders.ts';
import { fakeClock } from '../support/clock.ts';
import { tempFolder } from '../support/gate-rig.ts';
import { aWorkflow } from '../support/workflows.ts';

const HOUR = 3_600_000;

const workflowNamed = (name: string, trigger: string) =>
  aWorkflow(
    `name: ${name}\ntrigger: [${trigger}]\nsteps:\n  - { name: look, agent: k8s-diagnostician, task: Look. }\n`,
  );
const HOURLY = workflowNamed('hourly', '{ schedule: "0 * * * *" }');
const MANUAL = workflowNamed('by-hand', '{ manual: true }');

function store() {
  const clock = fakeClock();
  const plane = openSqlite(join(tempFolder(), 'state.db'), clock);
  onTestFinished(() => plane.close());
  return { clock, board: plane.board };
}

function publishingWorkflows(workflows = [HOURLY, MANUAL]) {
  const { clock, board } = store();
  const published = vi.fn((list: Parameters<typeof board.publishWorkflows>[0]) => board.publishWorkflows(list));
  const options = {
    board: { workflows: () => board.workflows(), publishWorkflows: published },
    catalog: async () => ({ workflows: new Map(workflows.map((workflow) => [workflow.name, workflow])) }),
    ...{ by: 'pi5', clock },
  };
  return { clock, board, published, publisher: new WorkflowsPublisher(options), options };
}

describe('the list of workflows that the daemon publishes', () => {
  it('says when each runs next, and is published anew when that has passed', async () => {
    const { clock, board, published, publisher } = publishingWorkflows();
    clock.advance(HOUR / 2);
    await publisher.round();
    const first = nextRunAt(HOURLY, clock.now());
    expect(first).toBeGreaterThan(clock.now());
    expect(await board.workflows()).toMatchObject({
      by: 'pi5',
      workflows: [{ name: 'by-hand' }, { name: 'hourly', nextRunAt: first }],
    });
    expect((await board.workflows())?.workflows[0]).not.toHaveProperty('nextRunAt');
    await publisher.round();
    clock.advance(70_000);
    await publisher.round();
    clock.advance(HOUR);
    await publisher.round();
    expect(published).toHaveBeenCalledTimes(2);
    expect((await board.workflows())?.workflows[1]?.nextRunAt).toBe((first ?? 0) + HOUR);
  });

  it('is put back within a minute where somebody has put another in its place', async () => {
    const { clock, board, publisher } = publishingWorkflows();
    await publisher.round();
    await board.publishWorkflows({ at: clock.now(), by: 'laptop', workflows: [] });
    clock.advance(60_000);
    await publisher.round();
    expect(await board.workflows()).toMatchObject({ by: 'pi5', workflows: [{}, {}] });
  });
});

/** A cluster that can be read or not, and nothing else set up. */
function publishingStatus(change: { breakers?: readonly BreakerState[]; isUsedUp?: boolean } = {}) {
  const { clock, board } = store();
  const cluster = { answers: true, getJson: vi.fn() };
  cluster.getJson.mockImplementation(async () => {
    if (cluster.answers) return { items: [] };
    throw new Error('away');
  });
  const problems = new Map<string, Problem>();
  const options = {
    ...{ board, clock, by: 'pi5', log: () => {} },
    sources: { ...sourcesOf(configSchema.parse({}), {}, clock), cluster },
    view: async () => ({
      ...{ owner: 'pi5:1', startedAt: 1_000, spentTodayUsd: 2.5, budgetTodayUsd: 25 },
      runs: [
        { run: 'run-1', workflow: 'hourly', step: 'look', doing: 'agent' as const, since: 2_000 },
        { run: 'run-2', workflow: 'hourly', doing: 'lock' as const, since: 3_000 },
      ],
      problems: [{ what: 'no credentials', remedy: 'Set them.' }],
    }),
    breakers: {
      list: async () => (change.breakers ?? []).map((state, index) => ({ workflow: `w${index}`, state })),
    },
    spending: {
      today: async () => ({ spentUsd: 2.5, heldUsd: 0, budgetUsd: 25, until: 0, isUsedUp: change.isUsedUp ?? false }),
    },
    outboxWaiting: () => 3,
    health: {
      unhealthy: async (problem: Problem) => void problems.set(problem.id, problem),
      healthy: async (id: string) => void problems.delete(id),
    },
    watched: watchedOf(configSchema.parse({}), {}),
  };
  return { clock, board, cluster, problems, options, publisher: new StatusPublisher(options) };
}

describe('the status that the daemon publishes', () => {
  it('has what it does, what it took, and what keeps it from more', async () => {
    const at = { at: 0, untold: false };
    const { board, clock, publisher } = publishingStatus({
      breakers: [
        { kind: 'open', ...at, until: 8e12, reason: '3 runs in a row have failed' },
        { kind: 'open', ...at, until: 1, reason: 'long ago' },
        { kind: 'closed', ...at, probation: true },
      ],
    });
    await publisher.round();
    const status = await board.status();
    expect(isLed(status, clock.now())).toBe(true);
    expect(status?.daemon).toEqual({
      ...{ owner: 'pi5:1', startedAt: 1_000, spentTodayUsd: 2.5, budgetTodayUsd: 25, outboxWaiting: 3 },
      runs: [
        { run: 'run-1', workflow: 'hourly', step: 'look', since: 2_000 },
        { run: 'run-2', workflow: 'hourly', since: 3_000 },
      ],
      problems: [{ what: 'no credentials', remedy: 'Set them.' }],
      breakers: [{ workflow: 'w0', until: 8e12, reason: '3 runs in a row have failed' }],
    });
  });

  it('makes a problem of what does not answer, and of nothing that is not set up', async () => {
    const { cluster, problems, publisher } = publishingStatus();
    await publisher.round();
    expect([...problems.keys()]).toEqual([]);
    cluster.answers = false;
    await publisher.round();
    expect([...problems.values()]).toMatchObject([
      { id: 'unreachable the cluster', patience: 600_000, what: expect.stringContaining('the cluster cannot be read') },
    ]);
    cluster.answers = true;
    await publisher.round();
    expect([...problems.keys()]).toEqual([]);
  });

  it('ends the problem of a used up budget as soon as there is a new one', async () => {
    const change = { isUsedUp: true };
    const { problems, publisher } = publishingStatus(change);
    problems.set('budget', { id: 'budget', what: '', remedy: '' });
    await publisher.round();
    expect([...problems.keys()]).toEqual(['budget']);
    change.isUsedUp = false;
    await publisher.round();
    expect([...problems.keys()]).toEqual([]);
  });

  it('is left alone by a dashboard that would look by itself, until it is old', async () => {
    const { board, clock, cluster, options } = publishingStatus();
    const led = aStatus(clock.now(), A_DAEMON);
    await board.publishStatus(led);
    const report = async (until: () => Promise<void>) => {
      const stop = new AbortController();
      const reporting = reportStatus(options, stop.signal);
      await vi.waitFor(until);
      stop.abort();
      await reporting;
    };
    const looked = vi.spyOn(board, 'status');
    await report(async () => expect(looked).toHaveBeenCalledTimes(2));
    expect([await board.status(), cluster.getJson.mock.calls.length]).toEqual([led, 0]);
    clock.advance(180_000);
    await report(async () => expect(await board.status()).not.toHaveProperty('daemon'));
    expect(cluster.getJson).toHaveBeenCalled();
  });
});

it('both are published until it is told to stop, and a store that is away is one line of the log', async () => {
  const workflows = publishingWorkflows();
  const status = publishingStatus();
  const logged: string[] = [];
  const board = {
    ...workflows.options.board,
    status: async () => undefined,
    publishStatus: () => Promise.reject(new Error('away')),
  };
  const stop = new AbortController();
  const log = (message: string) => void logged.push(message);
  const publishing = publish({ ...status.options, ...workflows.options, board, log, sleep }, stop.signal);
  await vi.waitFor(async () => {
    expect(await workflows.board.workflows()).toBeDefined();
    expect(logged).toEqual(['the status could not be published; it is tried again']);
  });
  stop.abort();
  await publishing;
});

it('of the backends those are missed that are set up', () => {
  const config = configSchema.parse({ argocd: { url: 'https://argocd.lan' } });
  expect(watchedOf(config, { PROMETHEUS_URL: 'http://p', ALERTMANAGER_URL: 'http://a' })).toEqual([
    ['nodes', 'the cluster'],
    ['alerts', 'Prometheus and Alertmanager'],
    ['apps', 'Argo CD'],
  ]);
});
