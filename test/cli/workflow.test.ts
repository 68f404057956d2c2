import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../cli/program.ts';
import { aMachine } from './machine.ts';
import { aWorkflowMachine, started } from './workflows.ts';

describe('k8s-agent workflow before an install', () => {
  it.each([['list'], ['show', 'rollback-app'], ['run', 'rollback-app'], ['new', 'mine'], ['validate']])(
    '%s says what is missing, and how to get it',
    async (...args) => {
      const { machine, output } = aMachine();
      expect(await runCli(['workflow', ...args], machine)).toBe(1);
      expect(output()).toMatch(/There are no workflows: .*\/\.claude\/workflows is missing\.\n.*k8s-agent install\n$/);
    },
  );

  it('status and cancel know of no run, and make no file', async () => {
    const { machine, output, folder } = aMachine();
    expect(await runCli(['workflow', 'status'], machine)).toBe(0);
    expect(await runCli(['workflow', 'cancel', 'run-0000000000'], machine)).toBe(1);
    expect(output()).toMatch(/^No workflow runs\.\nThere is no run run-0000000000\./);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('k8s-agent workflow list', () => {
  it('names every workflow with what starts it, how it went the last time, and its file', async () => {
    const machine = aWorkflowMachine();
    const run = await started(machine);
    const { output } = await machine.k8sAgent('workflow');
    expect(output).toMatch(/^workflow +starts +last run +file\n/);
    expect(output).toMatch(
      /\ncluster-health-check +0 \*\/6 \* \* \* \(UTC\); manual +never +health\/cluster-health-check\.yaml\n/,
    );
    expect(output).toMatch(/\npod-crashloop-remediation +alert alertname=KubePodCrashLooping; manual +never +/);
    expect(output).toContain(`waiting, 2026-11-24T12:00:00.000Z, ${run}  deploy/rollback-app.yaml\n`);
  });

  it('lists the others where a file is broken, and says how to see why', async () => {
    const machine = aWorkflowMachine();
    machine.workflow('broken.yaml', 'name: broken\nstepz: []\n');
    const { code, output } = await machine.k8sAgent('workflow', 'list');
    expect(code).toBe(0);
    expect(output).toContain('\nrollback-app ');
    expect(output).toMatch(/\n1 file cannot be used: k8s-agent workflow validate\n$/);
  });
});

describe('k8s-agent workflow show', () => {
  it('tells steps, inputs, autonomy, models, and where the file is', async () => {
    const machine = aWorkflowMachine();
    machine.workflow(
      'watch.yaml',
      `name: watch
description: Watches one namespace.
model: opus
trigger: { schedule: "0 6 * * 1", timezone: Europe/Berlin }
inputs:
  namespace: { description: where to look, required: true }
  lines: { type: number, default: 100 }
autonomy: { auto_approve: [restart pod], always_confirm: [scale] }
concurrency: { key: "watch-{{ inputs.namespace }}", on_conflict: queue }
timeout: 90m
steps:
  - { name: look, agent: k8s-diagnostician, model: haiku, task: "Look into {{ inputs.namespace }}." }
  - name: act
    condition: "{{ steps.look.summary contains 'bad' }}"
    branches:
      true: { agent: argocd-operator, task: Repair it., model: "{{ steps.look.summary }}", confirm: true }
      false: { agent: git-operator, task: Propose it., confirm_if: actions_proposed }
  - { name: notify, action: report, outputs: [summary] }
`,
    );
    const { code, output } = await machine.k8sAgent('workflow', 'show', 'watch');
    expect(code).toBe(0);
    expect(output.replace(machine.folder, '~')).toMatchInlineSnapshot(`
      "watch: Watches one namespace.
        file          ~/.claude/workflows/watch.yaml
        starts        0 6 * * 1 (Europe/Berlin)
        inputs        namespace (string, required): where to look
                      lines (number, optional, default 100)
        approves      restart pod
        always asks   scale
        one at a time watch-{{ inputs.namespace }} (another one waits)
        timeout       90m

      step       agent              model                     does                                                only if       asks
      look       k8s-diagnostician  haiku                     Look into {{ inputs.namespace }}.
      act                                                     chooses by {{ steps.look.summary contains 'bad' }}
      act-true   argocd-operator    {{ steps.look.summary }}  Repair it.                                          act is true   before every change
      act-false  git-operator       opus                      Propose it.                                         act is false  once, for what it proposes
      notify                                                  reports summary
      "
    `);
  });

  it('says of a Markdown workflow that its text is the task', async () => {
    const { output } = await aWorkflowMachine().k8sAgent('workflow', 'show', 'deploy-app');
    expect(output).toMatch(/^deploy-app: Deploys or updates an application/);
    expect(output).toMatch(/\ntask +k8s-orchestrator +opus +the text of the file\n$/);
  });

  it('names the nearest one where there is none of that name', async () => {
    const { code, output } = await aWorkflowMachine().k8sAgent('workflow', 'show', 'rollback-ap');
    expect(code).toBe(1);
    expect(output).toContain('There is no workflow "rollback-ap".\nDid you mean "rollback-app"?');
  });
});
