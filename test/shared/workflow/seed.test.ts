import { describe, expect, it } from 'vitest';
import { problemText } from '../../../shared/workflow/problem.ts';
import { anAlert, asked, BY_HAND, RunRig } from '../../support/run-rig.ts';
import { aWorkflow, fixture, SHIPPED } from '../../support/workflows.ts';

const CRASHLOOP = aWorkflow(fixture('seed/pod-crashloop.yaml'));
const ALERT = anAlert({ alertname: 'KubePodCrashLooping', namespace: 'shop', pod: 'web-1' });
const POD = {
  summary: 'It crashes.',
  pod: 'web-1',
  namespace: 'shop',
  'owner-kind': 'Deployment',
  'owner-name': 'web',
  phase: 'Running',
  restarts: 9,
  healthy: false,
};
const logs = (cause: string) => ({ summary: `It fails: ${cause}.`, cause, evidence: ['exit code 137'], sure: 'high' });

describe('the workflows of the seed, word for word', () => {
  it('cluster-health-check asks four agents in turn, each with its model', async () => {
    const rig = new RunRig(aWorkflow(fixture('seed/cluster-health-check.yaml')));
    let command = await rig.start();
    const seen: unknown[] = [];
    for (const step of ['step-1', 'step-2', 'step-3', 'step-4']) {
      if (command.kind !== 'run-step') throw new Error(command.kind);
      const { agent, model, prompt } = command.request;
      seen.push([agent, model, prompt.split('\n')[0]]);
      command = await rig.answer(step, { summary: `${step} is fine.`, actions: [] });
    }
    expect(seen).toEqual([
      ['k8s-diagnostician', 'haiku', 'Check node status and resource pressure'],
      ['prometheus-analyst', 'sonnet', 'Query for anomalies in last 6 hours'],
      ['argocd-operator', 'haiku', 'Check all apps sync status'],
      ['k8s-orchestrator', 'sonnet', 'Summarize findings and recommend actions'],
    ]);
    expect(await rig.state()).toMatchObject({ status: 'succeeded' });
  });

  it('the last step of cluster-health-check knows what the others have found', async () => {
    const rig = new RunRig(aWorkflow(fixture('seed/cluster-health-check.yaml')));
    await rig.start();
    for (const step of ['step-1', 'step-2']) await rig.answer(step, { summary: `${step}: pi-2 is full.` });
    const command = await rig.answer('step-3', { summary: 'All apps are synced.' });
    expect(command).toMatchObject({
      kind: 'run-step',
      request: { step: 'step-4', prompt: expect.stringContaining('step-2: pi-2 is full.') },
    });
  });

  it.each([
    ['oom', 'decide-action-true', { agent: 'argocd-operator', confirm: true }],
    ['config', 'decide-action-false', { agent: 'k8s-diagnostician', confirm: false }],
  ])('pod-crashloop with the cause %s goes on with %s', async (cause, step, request) => {
    const rig = new RunRig(CRASHLOOP);
    await rig.start({ cause: ALERT });
    await rig.answer('diagnose', POD);
    expect(await rig.answer('check-logs', logs(cause))).toMatchObject({
      kind: 'run-step',
      request: { step, ...request },
    });
    const answer = { summary: 'Done.', changed: true, restarted: true, ready: true, 'actions-taken': ['patched web'] };
    expect(await rig.answer(step, answer)).toEqual({ kind: 'none' });
    expect((await rig.state()).outputs).toEqual({
      summary: expect.stringContaining('check-logs: It fails'),
      'actions-taken': ['patched web'],
    });
  });

  it('pod-crashloop hands the labels of the alert, and then the answers, to its agents', async () => {
    const rig = new RunRig(CRASHLOOP);
    const first = await rig.start({ cause: ALERT });
    expect(first).toMatchObject({ request: { prompt: expect.stringContaining('pod web-1 in namespace shop') } });
    expect(await rig.answer('diagnose', POD)).toMatchObject({
      request: { prompt: expect.stringContaining('the last 100 lines') },
    });
  });

  it('emergency-pod-restart runs what a person asks for under its own tiers, and nothing without a task', async () => {
    const workflow = aWorkflow(fixture('seed/emergency-pod-restart.yaml'));
    expect(workflow.autonomy).toEqual({
      auto_approve: ['restart_pod', 'scale_replicas'],
      always_confirm: ['delete_pvc'],
    });
    const rig = new RunRig(workflow);
    await expect(rig.start()).rejects.toThrow('input "task" is missing');
    const command = await rig.start({ inputs: { task: 'Restart {{ alert }} pods of shop.' } });
    expect(command).toMatchObject({
      request: {
        agent: 'k8s-orchestrator',
        prompt: expect.stringMatching(/^Restart \{\{ alert \}\} pods of shop\.\n/),
      },
    });
  });

  it('Deploy New App is a prompt with a title', async () => {
    const workflow = aWorkflow(fixture('seed/deploy-app.md'), 'deploy/deploy-app.md');
    expect(workflow).toMatchObject({ name: 'deploy-app', title: 'Deploy New App' });
    const rig = new RunRig(workflow);
    expect(asked(await rig.start({ cause: BY_HAND, inputs: { task: 'nginx' } }))).toBe('task');
  });
});

describe('the workflows that ship', () => {
  it('load without a problem', () => {
    expect(SHIPPED.problems.map(problemText)).toEqual([]);
    expect([...SHIPPED.workflows.keys()].sort()).toMatchInlineSnapshot(`
      [
        "argocd-app-trouble",
        "cluster-health-check",
        "container-waiting",
        "deploy-app",
        "filesystem-full",
        "job-failed",
        "node-memory-high",
        "node-not-ready",
        "node-pressure-response",
        "pod-crashloop-remediation",
        "pod-not-ready",
        "replicas-mismatch",
        "rollback-app",
        "target-down",
        "volume-filling-up",
      ]
    `);
  });

  it('approve nothing by themselves', () => {
    expect([...SHIPPED.workflows.values()].flatMap(({ autonomy }) => autonomy.auto_approve)).toEqual([]);
  });
});
