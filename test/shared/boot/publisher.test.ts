import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Publisher, type PublisherOptions } from '../../../shared/boot/publisher.ts';
import type { ControlPlane } from '../../../shared/control-plane/ports.ts';
import { openSqlite } from '../../../shared/control-plane/sqlite/open.ts';
import { A_DAEMON, aStatus } from '../../support/builders.ts';
import { tempFolder } from '../../support/gate-rig.ts';
import { WorkflowsRig } from '../../support/workflows-rig.ts';

const CHECK = `
name: check
description: Looks.
trigger: [{ schedule: "0 6 * * 1" }, { type: alert, match: { alertname: KubePodNotReady } }, { manual: true }]
inputs: { node: { description: name of the node, required: true } }
autonomy: { always_confirm: [scale] }
concurrency: { key: check, on_conflict: queue }
steps:
  - { name: look, agent: k8s-diagnostician, task: "Look at {{ inputs.node }}." }
  - { name: notify, action: report, outputs: [summary] }
`;

/** A machine with a workflow, and the dashboard of another one. */
function publishing(change: Partial<PublisherOptions> = {}) {
  const rig = new WorkflowsRig({ 'check.yaml': CHECK });
  const { clock, logged } = rig.gate;
  const dashboard = store(join(tempFolder(), 'state.db'), rig);
  const here = store(rig.paths.database, rig);
  const publisher = new Publisher({
    ...{ paths: rig.paths, by: 'laptop', clock, board: dashboard.board },
    runs: { from: here.runs, to: dashboard.runs },
    log: (message) => logged.push(message),
    ...change,
  });
  return { rig, dashboard, publisher };
}

function store(file: string, rig: WorkflowsRig): ControlPlane {
  const opened = openSqlite(file, rig.gate.clock);
  onTestFinished(() => opened.close());
  return opened;
}

describe('what a machine publishes at the dashboard', () => {
  it('is its workflows, with all that a person needs to start one', async () => {
    const { dashboard, publisher } = publishing();
    await publisher.round();
    expect(await dashboard.board.workflows()).toMatchObject({
      by: 'laptop',
      workflows: [
        {
          name: 'check',
          description: 'Looks.',
          file: 'check.yaml',
          triggers: ['0 6 * * 1 (UTC)', 'alert alertname=KubePodNotReady', 'manual'],
          inputs: [{ name: 'node', description: 'name of the node', required: true }],
          steps: [
            { name: 'look', agent: 'k8s-diagnostician', what: 'Look at {{ inputs.node }}.' },
            { name: 'notify', what: 'report' },
          ],
          autoApprove: [],
        },
      ],
    });
  });

  it('is published again when a file has changed, and only then', async () => {
    const { rig, dashboard, publisher } = publishing();
    await publisher.round();
    const first = await dashboard.board.workflows();
    rig.gate.clock.advance(60_000);
    await publisher.round();
    expect(await dashboard.board.workflows()).toEqual(first);
    rig.write('check.yaml', CHECK.replace('Looks.', 'Looks twice.'));
    await publisher.round();
    expect((await dashboard.board.workflows())?.workflows[0]?.description).toBe('Looks twice.');
  });

  it('is no list of workflows while a daemon leads, which knows when each runs next', async () => {
    const { rig, dashboard, publisher } = publishing();
    const { clock } = rig.gate;
    const theirs = { at: clock.now(), by: 'pi5', workflows: [] };
    await dashboard.board.publishWorkflows(theirs);
    await dashboard.board.publishStatus(aStatus(clock.now(), A_DAEMON));
    await publisher.round();
    clock.advance(70_000);
    await publisher.round();
    expect(await dashboard.board.workflows()).toEqual(theirs);
    // Its last status is too old: it has ended, or lost the dashboard.
    clock.advance(120_000);
    await publisher.round();
    expect(await dashboard.board.workflows()).toMatchObject({ by: 'laptop', workflows: [{ name: 'check' }] });
  });

  it('is its workflows where a status is one of a dashboard alone', async () => {
    const { rig, dashboard, publisher } = publishing();
    await dashboard.board.publishStatus(aStatus(rig.gate.clock.now()));
    await publisher.round();
    expect(await dashboard.board.workflows()).toMatchObject({ by: 'laptop' });
  });

  it('is every event of its runs, in order and once, whoever sent the first of them', async () => {
    const { rig, dashboard, publisher } = publishing();
    const run = await rig.start('check', { node: 'pi3' });
    await publisher.round();
    expect(await dashboard.runs.read(run)).toEqual(await rig.runs.history(run));
    await rig.report(run, 'look', { summary: 'Full.' });
    // Another process of this machine, that knows nothing of what was sent.
    await publishing({ runs: { from: store(rig.paths.database, rig).runs, to: dashboard.runs } }).publisher.round();
    await publisher.round();
    expect(await dashboard.runs.read(run)).toEqual(await rig.runs.history(run));
    expect(await dashboard.runs.list()).toMatchObject([{ run, status: 'succeeded' }]);
  });

  it('holds no lock at the dashboard: two machines may run the same workflow', async () => {
    const one = publishing();
    const two = publishing();
    await one.rig.start('check', { node: 'pi3' });
    await two.rig.start('check', { node: 'pi5' });
    await one.publisher.round();
    const into = { from: store(two.rig.paths.database, two.rig).runs, to: one.dashboard.runs };
    await publishing({ runs: into }).publisher.round();
    expect(await one.dashboard.runs.list()).toHaveLength(2);
  });

  it('waits longer and longer for a dashboard that is away, says so once, and catches up', async () => {
    const { rig, dashboard } = publishing();
    let away = true;
    const board: PublisherOptions['board'] = {
      status: async () => undefined,
      publishWorkflows: (list) => (away ? Promise.reject(new Error('away')) : dashboard.board.publishWorkflows(list)),
    };
    const { clock, logged } = rig.gate;
    const publisher = new Publisher({
      paths: rig.paths,
      by: 'laptop',
      clock,
      board,
      log: (message) => logged.push(message),
    });
    const pauses = [await publisher.round(), await publisher.round(), await publisher.round()];
    expect(pauses).toEqual([10_000, 20_000, 40_000]);
    expect(logged).toHaveLength(1);
    away = false;
    expect(await publisher.round()).toBe(5_000);
    expect((await dashboard.board.workflows())?.workflows).toHaveLength(1);
  });
});
