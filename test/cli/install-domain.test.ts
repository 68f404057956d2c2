import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../cli/context.ts';
import { skills, workflows } from '../../cli/doctor/layout.ts';
import { installLayout } from '../../cli/install/install.ts';
import { uninstallLayout } from '../../cli/install/uninstall.ts';
import { installedWorkflows } from '../../shared/config/workflows.ts';
import { outsideScope } from '../../shared/policy/scope.ts';
import { BY_HAND, RunRig } from '../support/run-rig.ts';
import { aMachine } from './machine.ts';

const read = (file: string) => readFileSync(file, 'utf8');
const settingsOf = ({ paths }: Context) => parse(read(paths.settings));
const delegates = ({ paths }: Context) => /Agent\((.*?)\)/.exec(read(join(paths.agents, 'k8s-orchestrator.md')))?.[1];

/** A machine with the example in its Claude folder, as docs/adding-a-domain.md says. */
function withExample() {
  const made = aMachine();
  const domain = join(made.context.paths.home, 'domains', 'research');
  cpSync(join(made.context.root, 'examples', 'research'), domain, { recursive: true });
  return { ...made, domain };
}

const agent = (tools: string) => `---\ndescription: Does something.\ntools: ${tools}\n---\nYou are it.\n`;

describe('a domain in a folder', () => {
  it('brings its agent, skill and workflow, and no line of code', async () => {
    const { context } = withExample();
    installLayout(context);
    const { paths } = context;
    expect(settingsOf(context).agents.researcher).toEqual({ model: 'sonnet', promptFile: 'agents/researcher.md' });
    expect(read(join(paths.agents, 'researcher.md'))).toMatch(
      /^---\nname: researcher\n[\s\S]*\nmodel: sonnet\ntools: WebSearch/,
    );
    expect(delegates(context)).toBe('k8s-diagnostician, argocd-operator, prometheus-analyst, git-operator, researcher');
    expect(skills(context)).toMatchObject({ seen: expect.stringContaining('/research') });
    expect(await workflows(context)).toMatchObject({ seen: expect.stringMatching(/^16 workflows/) });
    expect(installLayout(context)).toEqual([]);
  });

  it('has a workflow that runs: it looks again only where the sources disagree', async () => {
    const { context } = withExample();
    installLayout(context);
    const workflow = (await installedWorkflows(context.paths)).workflows.get('research-brief');
    if (workflow === undefined) throw new Error('research-brief is not installed');
    for (const [agree, steps] of [
      [true, ['gather']],
      [false, ['gather', 'look-again']],
    ] as const) {
      const rig = new RunRig(workflow);
      let command = await rig.start({ cause: BY_HAND, inputs: { question: 'which disk?' } });
      const asked: string[] = [];
      while (command.kind === 'run-step') {
        const { step, agent: who } = command.request;
        expect(who).toBe('researcher');
        asked.push(step);
        command = await rig.answer(step, { summary: step, sources: ['a'], agree, confidence: 'high' });
      }
      expect(asked).toEqual(steps);
      expect(await rig.state()).toMatchObject({
        status: 'succeeded',
        outputs: { summary: steps.at(-1), confidence: 'high' },
      });
    }
  });

  it('follows the model that the user sets, as for every agent', () => {
    const { context, file } = withExample();
    file(
      '.claude/settings.json',
      JSON.stringify({ agents: { researcher: { model: 'opus', promptFile: 'agents/researcher.md' } } }),
    );
    installLayout(context);
    expect(read(join(context.paths.agents, 'researcher.md'))).toContain('model: opus');
  });

  it('is gone when its folder is gone', () => {
    const { context, domain } = withExample();
    installLayout(context);
    rmSync(domain, { recursive: true });
    installLayout(context);
    const { paths } = context;
    expect(settingsOf(context).agents.researcher).toBeUndefined();
    expect(delegates(context)).not.toContain('researcher');
    for (const gone of ['agents/researcher.md', 'skills/research', 'workflows/research'])
      expect(existsSync(join(paths.home, gone))).toBe(false);
  });

  it('stays where the user has put it when all is uninstalled', () => {
    const { context, domain } = withExample();
    installLayout(context);
    uninstallLayout(context);
    expect(existsSync(join(domain, 'agents', 'researcher.md'))).toBe(true);
    expect(existsSync(join(context.paths.agents, 'researcher.md'))).toBe(false);
  });

  it('puts its named actions where workflows find them', async () => {
    const { context, file } = withExample();
    const action =
      'name: find-sources\ndescription: Finds sources.\nagent: researcher\ncomplexity: simple\ntools: []\nprompt: Find sources.\n';
    file(
      '.claude/domains/research/workflows/actions/find-sources.yaml',
      `${action}output:\n  type: object\n  properties: { summary: { type: string } }\n  required: [summary]\n  additionalProperties: false\n`,
    );
    file('.claude/domains/research/workflows/short.yaml', 'name: short\nsteps:\n  - action: find-sources\n');
    installLayout(context);
    expect(await workflows(context)).toMatchObject({ seen: expect.stringMatching(/^17 workflows, 17 actions/) });
  });
});

describe('what a domain may not do', () => {
  it.each(['kubectl', 'argocd', 'prometheus', 'gitea', 'workflows'])('its agents have no tool of %s', (server) => {
    expect(outsideScope('researcher', server)).toContain('researcher works without these servers');
  });

  it.each([
    [
      'a tool of ours',
      'other',
      agent('Read, mcp__kubectl__get'),
      /other works without these servers; delegate to an agent that has kubectl/,
    ],
    ['all tools of a server of ours', 'other', agent('mcp__argocd__*'), /delegate to an agent that has argocd/],
    ['a whole server of ours', 'other', agent('mcp__gitea'), /delegate to an agent that has gitea/],
    ['no tools', 'other', '---\ndescription: x\n---\nYou are it.\n', /no frontmatter with description and tools/],
    [
      'frontmatter that is no YAML',
      'other',
      '---\ndescription: "x\n---\nYou are it.\n',
      /other\.md: Missing closing "quote/,
    ],
    ['the name of the conversation itself', 'main', agent('Read'), /"main" is what the conversation itself is called/],
    ['a name with a space', 'my agent', agent('Read'), /"my agent" is no name of an agent/],
    ['the name of an agent of ours', 'k8s-diagnostician', agent('Read'), /k8s-diagnostician\.md is wanted twice/],
  ])('an agent with %s is refused, and nothing is written', (_, name, text, message) => {
    const { context, file } = aMachine();
    file(`.claude/domains/other/agents/${name}.md`, text);
    expect(() => installLayout(context)).toThrow(message);
    expect([existsSync(context.paths.settings), existsSync(context.paths.agents)]).toEqual([false, false]);
  });

  it.each([
    ['skills/deploy/SKILL.md', /skills\/deploy\/SKILL\.md is wanted twice/],
    ['skills/other.md', /other\.md does not load: Claude Code reads folders only/],
    ['workflows/actions/report.yaml', /actions\/report\.yaml is wanted twice/],
  ])('%s is refused, and nothing is written', (path, message) => {
    const { context, file } = aMachine();
    file(`.claude/domains/other/${path}`, 'x');
    expect(() => installLayout(context)).toThrow(message);
    expect(existsSync(context.paths.settings)).toBe(false);
  });

  it('a workflow cannot give its agent a tool of ours by a named action', async () => {
    const { context, file } = withExample();
    file(
      '.claude/domains/research/workflows/grab.yaml',
      'name: grab\nsteps:\n  - agent: researcher\n    action: restart-pod\n    inputs: { namespace: shop, pod: web-1 }\n',
    );
    installLayout(context);
    expect(await workflows(context)).toMatchObject({
      problem: expect.stringMatching(
        /research\/grab\.yaml:3:\d+: action "restart-pod" needs a tool that researcher does not have/,
      ),
    });
  });
});
