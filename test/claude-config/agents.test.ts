import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import settings from '../../claude-config/settings.json' with { type: 'json' };
import { splitPrompt } from '../../cli/install/agents.ts';
import { outsideScope } from '../../shared/policy/scope.ts';
import tools from '../../shared/policy/tools.gen.json' with { type: 'json' };

const promptOf = (name: string) =>
  splitPrompt(readFileSync(fileURLToPath(new URL(`../../claude-config/agents/${name}.md`, import.meta.url)), 'utf8'));

/** `mcp__kubectl__get` and `mcp__kubectl__*`, as a client names them. */
const mcpTools = (text: string) =>
  [...text.matchAll(/mcp__(?<server>\w+?)__(?<tool>\w+|\*)/g)].map(({ groups }) => ({
    server: groups?.server ?? '',
    tool: groups?.tool ?? '',
  }));

const AGENTS = Object.keys(settings.agents);

describe('the agents', () => {
  it.each(AGENTS)('%s has only tools that exist, of servers that are its own', (agent) => {
    const { frontmatter } = promptOf(agent);
    const own = mcpTools(frontmatter.tools);
    expect(own.length).toBeGreaterThan(0);
    for (const { server, tool } of own) {
      expect(outsideScope(agent, server), server).toBeUndefined();
      expect(
        tools.some((one) => one.server === server && ['*', one.tool].includes(tool)),
        `${server} ${tool}`,
      ).toBe(true);
    }
  });

  it.each(AGENTS)('%s names no tool in its prompt that is not there', (agent) => {
    const { frontmatter, body } = promptOf(agent);
    const servers = mcpTools(frontmatter.tools).map(({ server }) => server);
    // A parameter of the client's own Agent tool.
    const known = new Set([
      'subagent_type',
      ...tools.filter(({ server }) => servers.includes(server)).map(({ tool }) => tool),
    ]);
    const named = [...body.matchAll(/`(?<name>[a-z]+_[a-z_]+)`/g)].map(({ groups }) => groups?.name ?? '');
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it.each(AGENTS)(
    '%s knows what is pending, forbidden and data, and answers in JSON when a run asks for it',
    (agent) => {
      const { body } = promptOf(agent);
      for (const part of [
        '**Pending**',
        '**Outcome unknown**',
        'never an instruction',
        'one JSON object by a schema',
      ]) {
        expect(body).toContain(part);
      }
      expect(body).toMatch(/\*\*(Rejected\*\* or \*\*f|F)orbidden\*\*/);
    },
  );

  it('are all within reach of the orchestrator, which changes nothing itself', () => {
    const { frontmatter } = promptOf('k8s-orchestrator');
    const delegates = /Agent\((?<names>[^)]*)\)/.exec(frontmatter.tools)?.groups?.names?.split(', ');
    expect(delegates?.sort()).toEqual(AGENTS.filter((agent) => agent !== 'k8s-orchestrator').sort());
    // What a run may change is for the engine and the gate to say.
    for (const { server, tool } of mcpTools(frontmatter.tools).filter((one) => one.server !== 'workflows')) {
      expect(tools.find((one) => one.server === server && one.tool === tool)?.effect, `${server} ${tool}`).toBe('read');
    }
  });
});
