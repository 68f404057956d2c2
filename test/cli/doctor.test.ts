import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../cli/context.ts';
import { examine } from '../../cli/doctor/doctor.ts';
import type { Finding } from '../../cli/doctor/finding.ts';
import { installLayout } from '../../cli/install/install.ts';
import { runCli } from '../../cli/program.ts';
import { aMachine, aPackage } from './machine.ts';

async function look(context: Context): Promise<Record<string, Finding>> {
  const found: Record<string, Finding> = {};
  for await (const { name, finding } of examine(context)) found[name] = finding;
  return found;
}

const HOOK = `process.stdout.write(JSON.stringify({ hookSpecificOutput: { permissionDecision: 'deny' } }));`;
const SERVER = `
process.stdin.setEncoding('utf8').on('data', (text) => {
  for (const { id, method } of text.trim().split('\\n').map((line) => JSON.parse(line))) {
    const result = method === 'tools/list' ? { tools: [{ name: 'get' }] } : {};
    if (id !== undefined) process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
  }
});`;

const KUBECONFIG = 'contexts: [{ name: pi }]\ncurrent-context: pi\n';

describe('doctor', () => {
  it('finds all well where all is well', async () => {
    const { context, file } = aPackage(HOOK, SERVER);
    installLayout(context);
    file('.kube/config', KUBECONFIG);
    const { passphrase, ...rest } = await look(context);
    expect(Object.values(rest).filter((finding) => 'problem' in finding)).toEqual([]);
    expect(rest.servers).toEqual({
      seen: 'kubectl: 1 tool, argocd: 1 tool, prometheus: 1 tool, gitea: 1 tool, workflows: 1 tool',
    });
    expect(rest.skills).toEqual({ seen: '/cluster-status, /deploy, /diagnose, /rollback, /workflow' });
    expect(rest.workflows).toEqual({ seen: '15 workflows, 16 actions' });
    expect(passphrase).toMatchObject({ cure: expect.stringContaining('k8s-agent passphrase') });
  });

  it('names every problem of a broken home, with its cure, and exits with 1', async () => {
    const { machine, context, output, file } = aMachine();
    file('.claude/settings.json', '{ "autonomy": { "safe_actions": ["gte"] } }');
    expect(await runCli(['doctor'], machine)).toBe(1);
    const text = output();
    expect(text).toMatch(/problem {2}policy .*rule "gte".*\n.*Did you mean "get"/);
    for (const name of [
      'agents',
      'skills',
      'workflows',
      'guard hook',
      'permissions',
      'servers',
      'folders',
      'kubeconfig',
      'passphrase',
    ]) {
      expect(text).toMatch(new RegExp(`problem {2}${name} +.+\\n {24}.+`));
    }
    expect(text).toContain(context.claudeJson);
  });

  it('says line and column of broken settings', async () => {
    const { context, file } = aMachine();
    file('.claude/settings.json', '{\n  "a" 1\n}');
    expect((await look(context)).policy).toMatchObject({ problem: expect.stringMatching(/line 2, column 7/) });
  });

  it('sees a model that differs between settings and agent file', async () => {
    const { context } = aPackage(HOOK, SERVER);
    installLayout(context);
    const path = join(context.paths.agents, 'k8s-diagnostician.md');
    writeFileSync(path, readFileSync(path, 'utf8').replace('model: sonnet', 'model: opus'));
    expect((await look(context)).agents).toMatchObject({
      problem: 'k8s-diagnostician: model opus in its file, sonnet in settings.json',
    });
  });

  it.each([
    ['is missing', undefined, /SKILL\.md is missing/],
    ['has no frontmatter', 'Deploy it.', /SKILL\.md: ✖ Invalid input/],
    ['has no description', '---\nname: deploy\n---\n', /→ at description/],
    ['has frontmatter that is no YAML', '---\nname: "deploy\n---\n', /SKILL\.md: Missing closing "quote/],
    [
      'has another name than its folder',
      '---\nname: ship\ndescription: x\n---\n',
      /name "ship" is not that of its folder, "deploy"/,
    ],
    [
      'names an agent that is not there',
      '---\nname: deploy\ndescription: x\ncontext: fork\nagent: k8s-orchestra\n---\n',
      /unknown agent "k8s-orchestra"\. Did you mean "k8s-orchestrator"/,
    ],
    [
      'does not run as its agent',
      '---\nname: deploy\ndescription: x\nagent: git-operator\n---\n',
      /only with "context: fork"/,
    ],
  ])('sees a skill that %s', async (_, text, problem) => {
    const { context } = aPackage(HOOK, SERVER);
    installLayout(context);
    const file = join(context.paths.skills, 'deploy', 'SKILL.md');
    if (text === undefined) rmSync(file);
    else writeFileSync(file, text);
    expect((await look(context)).skills).toMatchObject({ problem: expect.stringMatching(problem) });
  });

  it('sees a skill whose agent has no prompt', async () => {
    const { context } = aPackage(HOOK, SERVER);
    installLayout(context);
    rmSync(join(context.paths.agents, 'k8s-orchestrator.md'));
    const { skills } = await look(context);
    expect(skills).toMatchObject({
      problem: expect.stringMatching(/its agent's prompt .*k8s-orchestrator\.md is missing/),
    });
  });

  it('sees every broken workflow, with its line and the nearest valid name', async () => {
    const { context, file } = aPackage(HOOK, SERVER);
    installLayout(context);
    file('.claude/workflows/mine/a.yaml', 'name: a\nsteps:\n  - agent: k8s-diagnostican\n    task: Look\n');
    file('.claude/workflows/mine/b.yaml', 'name: b\nstep: []\n');
    const { workflows } = await look(context);
    expect(workflows).toMatchObject({
      problem: expect.stringMatching(
        /mine\/a\.yaml:3:12: .*Did you mean "k8s-diagnostician"[\s\S]*mine\/b\.yaml:2:1: /,
      ),
      cure: 'See: k8s-agent workflow validate',
    });
  });

  it.each([
    ['lets everything through', 'process.exit(0)', /lets "kubectl get pods" through/],
    ['crashes', 'throw new Error("boom")', /exit code 1: [\s\S]*boom/],
  ])('runs the guard hook, and sees that it %s', async (_, hook, problem) => {
    const { context } = aPackage(hook, SERVER);
    installLayout(context);
    expect((await look(context))['guard hook']).toMatchObject({ problem: expect.stringMatching(problem) });
  });

  it('sees a hook that fails open, and hooks that are switched off', async () => {
    const { context } = aPackage(HOOK, SERVER);
    installLayout(context);
    const { settings } = context.paths;
    const text = readFileSync(settings, 'utf8');
    writeFileSync(settings, text.replace('"block"', '"continue"'));
    expect((await look(context))['guard hook']).toMatchObject({ problem: expect.stringContaining('fails open') });
    writeFileSync(settings, text.replace('{', '{ "disableAllHooks": true,'));
    expect((await look(context))['guard hook']).toMatchObject({ problem: expect.stringContaining('disableAllHooks') });
  });

  it.each([
    [
      'ends at once',
      'process.stderr.write("no database"); process.exit(3)',
      /^the kubectl server ended with exit code 3: no database/,
    ],
    [
      'writes something else to standard output',
      'console.log("hello")',
      /^the kubectl server wrote something that is not JSON-RPC: hello/,
    ],
    ['lists no tools', SERVER.replace("{ name: 'get' }", ''), /lists no tools/],
  ])('starts the server, and sees that it %s', async (_, server, problem) => {
    const { context } = aPackage(HOOK, server);
    installLayout(context);
    expect((await look(context)).servers).toMatchObject({ problem: expect.stringMatching(problem) });
  });

  it('names the contexts that there are when the wanted one is missing', async () => {
    const { context, file } = aMachine();
    file('.kube/config', KUBECONFIG);
    file('.claude/k8s-agent.yaml', 'kubectl:\n  context: prod\n');
    expect((await look(context)).kubeconfig).toMatchObject({
      problem: expect.stringMatching(/no context "prod".*it has: pi/),
    });
  });

  it.skipIf(process.getuid?.() === 0)('sees a folder that cannot be written', async () => {
    const { context } = aPackage(HOOK, SERVER);
    installLayout(context);
    chmodSync(context.paths.actionLogs, 0o500);
    expect((await look(context)).folders).toMatchObject({ problem: expect.stringContaining('cannot be written') });
    chmodSync(context.paths.actionLogs, 0o700);
  });

  it('sees a folder that is missing', async () => {
    const { context } = aPackage(HOOK, SERVER);
    installLayout(context);
    rmSync(context.paths.actionLogs, { recursive: true });
    expect((await look(context)).folders).toMatchObject({ problem: expect.stringContaining('is missing') });
  });
});
