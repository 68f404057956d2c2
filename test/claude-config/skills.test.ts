import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { splitPrompt } from '../../cli/install/agents.ts';
import { splitFrontmatter } from '../../shared/config/frontmatter.ts';
import tools from '../../shared/policy/tools.gen.json' with { type: 'json' };
import { SHIPPED } from '../support/workflows.ts';

const CONFIG = join(import.meta.dirname, '../../claude-config');
const SKILLS = readdirSync(join(CONFIG, 'skills')).sort();
const skill = (name: string) => splitFrontmatter(readFileSync(join(CONFIG, 'skills', name, 'SKILL.md'), 'utf8'), name);
const orchestrator = splitPrompt(readFileSync(join(CONFIG, 'agents', 'k8s-orchestrator.md'), 'utf8')).frontmatter.tools;

describe('the skills', () => {
  it('are the five of the design, with a hint for what each takes', () => {
    expect(Object.fromEntries(SKILLS.map((name) => [name, skill(name).head]))).toMatchObject({
      'cluster-status': { name: 'cluster-status' },
      deploy: { name: 'deploy', 'argument-hint': expect.stringMatching(/^<app>/) },
      diagnose: { name: 'diagnose', 'argument-hint': '<issue>' },
      rollback: { name: 'rollback', 'argument-hint': expect.stringMatching(/^<app>/) },
      workflow: { name: 'workflow', 'argument-hint': expect.stringMatching(/^<name>/) },
    });
    expect(SKILLS).toHaveLength(5);
  });

  it.each(SKILLS)('%s runs as the orchestrator', (name) => {
    expect(skill(name).head).toMatchObject({ context: 'fork', agent: 'k8s-orchestrator' });
  });

  it.each(['deploy', 'rollback', 'workflow'])('%s is started by a person, never by a model', (name) => {
    expect(skill(name).head).toMatchObject({ 'disable-model-invocation': true });
  });

  it.each(SKILLS)('%s calls only tools that exist and that the orchestrator has', (name) => {
    for (const [full, server, tool] of skill(name).body.matchAll(/mcp__(\w+?)__(\w+)/g)) {
      expect(
        tools.some((one) => one.server === server && one.tool === tool),
        full,
      ).toBe(true);
      expect(
        [full, `mcp__${server}__*`].some((entry) => orchestrator.includes(entry)),
        full,
      ).toBe(true);
    }
  });

  it.each(SKILLS)('%s delegates in the syntax of the design, to agents that are there', (name) => {
    const delegations = [...skill(name).body.matchAll(/Delegate to (?<agent>\S+) \((?<model>\w+)\):\nTask: .+/g)];
    expect(delegations.length).toBe(skill(name).body.split('Delegate to ').length - 1);
    for (const { groups } of delegations) {
      expect(orchestrator).toContain(groups?.agent);
      expect(['haiku', 'sonnet', 'opus']).toContain(groups?.model);
    }
  });

  it.each([
    ['deploy', 'deploy-app'],
    ['rollback', 'rollback-app'],
  ])('%s runs the workflow %s, with the inputs that it has', (name, workflow) => {
    const { body } = skill(name);
    expect(body).toContain(`\`mcp__workflows__start\` with workflow \`${workflow}\``);
    const inputs = /Inputs: (?<list>.*)/.exec(body)?.groups?.list ?? '';
    const named = [...inputs.matchAll(/`(?<input>[a-z]+)`/g)].map(({ groups }) => groups?.input ?? '');
    expect(Object.keys(SHIPPED.workflows.get(workflow)?.inputs ?? {})).toEqual(expect.arrayContaining(named));
  });

  it('show nodes and apps as tables, alerts as bullets, and recommendations only where there is something wrong', () => {
    const { body } = skill('cluster-status');
    const format = body.slice(body.indexOf('## Output Format'));
    expect(format).toMatch(
      /\| Node \|.*\n[\s\S]*\*\*Active alerts\*\*\n\n- [\s\S]*\| App \|.*\n[\s\S]*\*\*Recommendations\*\*\n\n- only if/,
    );
  });

  it.each(SKILLS.filter((name) => name !== 'cluster-status'))('%s says what to do without an argument', (name) => {
    const { body } = skill(name);
    expect(body).toContain('The user gave: $ARGUMENTS\n');
    expect(body).toMatch(/[Nn]othing behind the colon[\s\S]*Then stop\./);
    // The client leaves $0 and $1 as they are where there is no such argument.
    expect(body).not.toMatch(/\$\d/);
  });
});
