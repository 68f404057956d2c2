import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { savePassphrase } from '../../cli/passphrase/passphrase.ts';
import { aWorkflowMachine, fakeClaude, idIn } from './workflows.ts';

const EMERGENCY = `name: emergency
autonomy:
  auto_approve: [restart_pod, scale_replicas]
steps:
  - agent: k8s-diagnostician
    task: Restart what hangs.
`;

describe('k8s-agent workflow run', () => {
  it('starts a run by this person, and says how it goes on', async () => {
    const machine = aWorkflowMachine();
    const { code, output } = await machine.k8sAgent(
      'workflow',
      'run',
      'rollback-app',
      '-i',
      'app=shop',
      '-i',
      'revision=a=b',
    );
    const run = idIn(output);
    expect(code).toBe(0);
    expect(output).toBe(
      `${run} of rollback-app is started.\nA chat takes it up; nothing happens before. In Claude Code: /workflow ${run}\nWatch it: k8s-agent workflow status ${run}\n`,
    );
    expect(await machine.runs.get(run)).toMatchObject({
      workflow: 'rollback-app',
      cause: { kind: 'manual', by: 'ada' },
      inputs: { app: 'shop', revision: 'a=b' },
      status: 'waiting',
    });
    const [log = ''] = readdirSync(machine.context.paths.workflowLogs);
    expect(log).toBe(`2026-11-24-rollback-app-${run}.jsonl`);
  });

  it('names every input that is missing or unknown, with its description, and starts nothing', async () => {
    const machine = aWorkflowMachine();
    const { code, output } = await machine.k8sAgent('workflow', 'run', 'rollback-app', '--input', 'ap=shop');
    expect(code).toBe(1);
    expect(output).toContain('unknown input "ap". Did you mean "app"?');
    expect(output).toContain('input "app" is missing');
    expect(output).toContain('app (name of the Argo CD application), revision (the commit to go back to;');
    expect(await machine.runs.list()).toEqual([]);
  });

  it('reads an input as the type that it is declared with', async () => {
    const machine = aWorkflowMachine();
    machine.workflow(
      'typed.yaml',
      `name: typed
inputs:
  lines: { type: number }
  deep: { type: boolean }
  pods: { type: list }
  version: { type: string }
steps: [{ agent: k8s-diagnostician, task: Look. }]
`,
    );
    const given = (lines: string) => [
      '-i',
      `lines=${lines}`,
      '-i',
      'deep=true',
      '-i',
      'pods=["a"]',
      '-i',
      'version=1.20',
    ];
    const { output } = await machine.k8sAgent('workflow', 'run', 'typed', ...given('100'));
    expect((await machine.runs.get(idIn(output))).inputs).toEqual({
      lines: 100,
      deep: true,
      pods: ['a'],
      version: '1.20',
    });
    const wrong = await machine.k8sAgent('workflow', 'run', 'typed', ...given('many'));
    expect(wrong.output).toContain('input "lines": expected a number, not string');
  });

  it('wants the alert that an incident is about', async () => {
    const machine = aWorkflowMachine();
    const without = await machine.k8sAgent('workflow', 'run', 'job-failed');
    expect(without.output).toContain('job-failed is about an alert (alert alertname=KubeJobFailed).');
    const labels = ['--alert', 'alertname=KubeJobFailed', '--alert', 'namespace=shop', '--alert', 'job_name=backup'];
    const { output } = await machine.k8sAgent('workflow', 'run', 'job-failed', ...labels);
    expect((await machine.runs.get(idIn(output))).cause).toMatchObject({
      kind: 'manual',
      by: 'ada',
      alert: { labels: { alertname: 'KubeJobFailed', namespace: 'shop', job_name: 'backup' }, status: 'firing' },
    });
    const needless = await machine.k8sAgent('workflow', 'run', 'rollback-app', '-i', 'app=shop', ...labels);
    expect(needless.output).toContain('No alert starts rollback-app.');
  });
});

describe('k8s-agent workflow run of one that approves by itself', () => {
  const machineWith = async (given: Parameters<typeof aWorkflowMachine>[0]) => {
    const machine = aWorkflowMachine(given);
    machine.workflow('emergency.yaml', EMERGENCY);
    await savePassphrase(machine.context.paths.passphrase, 'correct horse');
    return machine;
  };

  it('is refused where nobody can be asked', async () => {
    const machine = await machineWith({});
    const { code, output } = await machine.k8sAgent('workflow', 'run', 'emergency');
    expect(code).toBe(1);
    expect(output).toMatch(/^Starting emergency, .*\(restart_pod, scale_replicas\), needs a person at a real terminal/);
    expect(await machine.runs.list()).toEqual([]);
  });

  it('shows what it approves, and starts after the passphrase', async () => {
    const machine = await machineWith({ interactive: true, answers: ['correct horse'] });
    const { code, output } = await machine.k8sAgent('workflow', 'run', 'emergency');
    expect(code).toBe(0);
    expect(output).toMatch(/^emergency does this without asking again:\n {2}restart_pod\n {2}scale_replicas\n/);
    expect(await machine.runs.list()).toMatchObject([{ workflow: 'emergency' }]);
  });

  it('asks nobody where an input is missing', async () => {
    const machine = await machineWith({ interactive: true, answers: ['correct horse'] });
    machine.workflow('emergency.yaml', EMERGENCY.replace('steps:', 'inputs: { node: { required: true } }\nsteps:'));
    const { code, output } = await machine.k8sAgent('workflow', 'run', 'emergency');
    expect([code, output]).toEqual([1, 'emergency: input "node" is missing.\nInputs: node.\n']);
  });

  it('starts nothing after wrong ones', async () => {
    const machine = await machineWith({ interactive: true, answers: ['wrong', 'wrong', 'wrong'] });
    expect((await machine.k8sAgent('workflow', 'run', 'emergency')).code).toBe(1);
    expect(await machine.runs.list()).toEqual([]);
  });
});

describe('k8s-agent workflow run --claude', () => {
  it('starts Claude Code with the run and on the same folder, and ends as it ends', async () => {
    const machine = aWorkflowMachine({ interactive: true });
    const heard = fakeClaude(machine, 7);
    machine.machine.env.PATH = join(machine.folder, 'bin');
    const { paths } = machine.context;
    const args = ['--home', paths.home, 'workflow', 'run', 'rollback-app', '-i', 'app=shop', '--claude'];
    const { code, output } = await machine.k8sAgent(...args);
    expect(code).toBe(7);
    expect(readFileSync(heard, 'utf8')).toBe(`/workflow ${idIn(output)}\n\n`);
  });

  it('starts no run where there is no terminal for it', async () => {
    const machine = aWorkflowMachine();
    const { code, output } = await machine.k8sAgent('workflow', 'run', 'rollback-app', '-i', 'app=shop', '--claude');
    expect(code).toBe(1);
    expect(output).toContain('Claude Code needs a person at a real terminal');
    expect(await machine.runs.list()).toEqual([]);
  });

  it('hands over the folder where it is not the usual one', async () => {
    const machine = aWorkflowMachine({ interactive: true });
    const heard = fakeClaude(machine);
    machine.machine.env.PATH = join(machine.folder, 'bin');
    const other = machine.file('other/settings.json', '{}').replace('/settings.json', '');
    machine.file('other/workflows/mine.yaml', EMERGENCY.replace(/autonomy[\s\S]*(?=steps)/, ''));
    await machine.k8sAgent('--home', other, 'workflow', 'run', 'emergency', '--claude');
    expect(readFileSync(heard, 'utf8')).toMatch(new RegExp(`^/workflow run-\\w+\n${other}\n$`));
  });

  it('says what to do by hand where there is no claude', async () => {
    const machine = aWorkflowMachine({ interactive: true });
    machine.machine.env.PATH = machine.folder;
    const { code, output } = await machine.k8sAgent('workflow', 'run', 'rollback-app', '-i', 'app=shop', '--claude');
    expect(code).toBe(1);
    expect(output).toMatch(/There is no claude on the PATH\.\nIn Claude Code: \/workflow run-/);
  });
});
