import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SqliteApprovalStore } from '../../shared/store/sqlite.ts';
import { finishedEvent } from '../../shared/workflow/outcomes.ts';
import { anApproval } from '../support/builders.ts';
import { shipped } from '../support/workflows.ts';
import { NOW } from './machine.ts';
import { aWorkflowMachine, started } from './workflows.ts';

describe('k8s-agent workflow status', () => {
  it('lists what has not ended, and with --all everything', async () => {
    const machine = aWorkflowMachine();
    expect((await machine.k8sAgent('workflow', 'status')).output).toBe('No workflow runs.\n');
    const ended = await started(machine);
    await machine.k8sAgent('workflow', 'cancel', ended);
    const open = await started(machine);
    const running = (await machine.k8sAgent('workflow', 'status')).output;
    expect(running).toMatch(new RegExp(`^run .*\n${open} +rollback-app +waiting +2026-11-24T12:00:00.000Z`));
    expect(running).not.toContain(ended);
    expect((await machine.k8sAgent('workflow', 'status', '--all')).output).toMatch(
      new RegExp(`${ended} +rollback-app +cancelled`),
    );
  });

  it('tells one run from its trigger on: events, steps with their models, and what waits for a person', async () => {
    const machine = aWorkflowMachine();
    const run = await started(machine);
    const workflow = shipped('rollback-app');
    await machine.runs.advance(workflow, run);
    await machine.runs.record(run, (_, at) => ({
      type: 'step-started',
      at,
      step: 'look',
      attempt: 1,
      deadline: at + 900_000,
    }));
    const answer = { summary: `Degraded since\u202e a1b2; token=${'s3cret'.repeat(4)}`, app: 'shop' };
    await machine.runs.record(run, (state, at) => finishedEvent(workflow, state, 'look', answer, at));
    const approvals = new SqliteApprovalStore(machine.context.paths.database);
    await approvals.open(anApproval({ run, createdAt: NOW, expiresAt: NOW + 900_000 }));
    await approvals.open(anApproval({ id: 'ap-0000000002', key: 'key-2', run: 'run-other', expiresAt: NOW + 900_000 }));
    approvals.close();
    const { code, output } = await machine.k8sAgent('workflow', 'status', run);
    expect(code).toBe(0);
    expect(output.replaceAll(run, 'RUN')).toMatchInlineSnapshot(`
      "RUN of rollback-app: running
        in Claude Code: /workflow RUN (until 2026-11-24T14:00:00.000Z at the latest)

      at                        step  what
      2026-11-24T12:00:00.000Z        started by ada (manual), app="shop"
      2026-11-24T12:00:00.000Z        begins
      2026-11-24T12:00:00.000Z  look  asked
      2026-11-24T12:00:00.000Z  look  answered: Degraded since<U+202E> a1b2; token=***

      step    agent            model   state
      look    argocd-operator  haiku   done: Degraded since<U+202E> a1b2; token=***
      revert  git-operator     sonnet  pending
      verify  argocd-operator  haiku   pending
      notify                           pending

      waits for a person
        ap-0000000001  pending, 15 min left  scale Deployment/web in shop  (replicas 2 → 5)  by unknown agent
      "
    `);
  });

  it('tells how a run ended, with its outputs', async () => {
    const machine = aWorkflowMachine();
    const run = await started(machine);
    await machine.runs.record(run, (_, at) => ({
      ...{
        type: 'ended',
        at,
        status: 'succeeded',
        reason: '',
        outputs: { summary: 'look: fine\nnotify: done', count: 2 },
      },
    }));
    const { output } = await machine.k8sAgent('workflow', 'status', run);
    expect(output).toContain(`${run} of rollback-app: succeeded\n`);
    expect(output).not.toContain('in Claude Code');
    expect(output).toMatch(/\noutputs\n {2}summary: look: fine\n {11}notify: done\n {2}count: 2\n$/);
  });

  it('names no agent and no model where the file is no longer the one that the run began with', async () => {
    const machine = aWorkflowMachine();
    const run = await started(machine);
    const path = join(machine.context.paths.workflows, 'deploy/rollback-app.yaml');
    expect((await machine.k8sAgent('workflow', 'status', run)).output).toMatch(
      /\nlook +argocd-operator +haiku +pending\n/,
    );
    machine.workflow('deploy/rollback-app.yaml', `${readFileSync(path, 'utf8')}# changed\n`);
    expect((await machine.k8sAgent('workflow', 'status', run)).output).toMatch(/\nlook +pending\n/);
  });
});

describe('k8s-agent workflow cancel', () => {
  it('ends a run of which no step has begun', async () => {
    const machine = aWorkflowMachine();
    const run = await started(machine);
    const { code, output } = await machine.k8sAgent('workflow', 'cancel', run, '--why', 'the wrong app');
    expect(code).toBe(0);
    expect(output).toBe(`${run} is cancelled.\n`);
    expect(await machine.runs.get(run)).toMatchObject({
      status: 'cancelled',
      cancel: { by: 'ada', reason: 'the wrong app' },
    });
  });

  it('leaves a step that has begun to the chat that runs it, and says so', async () => {
    const machine = aWorkflowMachine();
    const run = await started(machine);
    await machine.runs.advance(shipped('rollback-app'), run);
    await machine.runs.record(run, (_, at) => ({
      type: 'step-started',
      at,
      step: 'look',
      attempt: 1,
      deadline: at + 900_000,
    }));
    const { output } = await machine.k8sAgent('workflow', 'cancel', run);
    expect(output).toBe(`${run} is to be cancelled: it ends as soon as the chat that runs it has stopped look.\n`);
    expect(await machine.runs.get(run)).toMatchObject({ status: 'running', cancel: { by: 'ada' } });
    expect((await machine.k8sAgent('workflow', 'status', run)).output).toContain('ada wants it cancelled');
  });

  it('says of a run that has ended that there is nothing to cancel', async () => {
    const machine = aWorkflowMachine();
    const run = await started(machine);
    await machine.k8sAgent('workflow', 'cancel', run);
    const { code, output } = await machine.k8sAgent('workflow', 'cancel', run);
    expect(code).toBe(1);
    expect(output).toBe(`${run} has ended (cancelled).\nThere is nothing to cancel.\n`);
  });
});
