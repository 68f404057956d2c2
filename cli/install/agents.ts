import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import defaults from '../../claude-config/settings.json' with { type: 'json' };
import { parseAgents } from '../../shared/config/agents.ts';
import { splitFrontmatter } from '../../shared/config/frontmatter.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { at } from '../../shared/kernel/json.ts';
import type { Context } from '../context.ts';
import { domainAgentProblem } from './domain-agent.ts';
import type { WantedFile } from './owned.ts';
import { filesBelow, type Source, sources } from './sources.ts';

export interface AgentFile extends WantedFile {
  readonly name: string;
}

interface AgentSource extends Prompt {
  readonly name: string;
  readonly domain: boolean;
}

/** The agents of this version and of the domains, as the settings want them. Claude Code reads `agents/<name>.md`. */
export function agentFiles(context: Context, settings: unknown): readonly AgentFile[] {
  const all = agentSources(context);
  const configured = parseAgents(at(settings, 'agents') ?? agentDefaults(context));
  const added = all.filter(({ domain }) => domain).map(({ name }) => name);
  return all.flatMap(({ name, domain, frontmatter, body }) => {
    const agent = configured[name];
    if (agent === undefined) return [];
    const tools = domain ? frontmatter.tools : withDelegates(frontmatter.tools, added);
    const head = stringify({ name, description: frontmatter.description, model: agent.model, tools }, { lineWidth: 0 });
    return [{ name, path: join(context.paths.agents, `${name}.md`), text: `---\n${head}---\n${body}` }];
  });
}

/** `agents` of a settings.json that nobody has touched. */
export function agentDefaults(context: Context): Record<string, { model: string; promptFile: string }> {
  const added = agentSources(context).filter(({ domain }) => domain);
  return {
    ...defaults.agents,
    ...Object.fromEntries(
      added.map(({ name, frontmatter: { model = 'sonnet' } }) => [name, { model, promptFile: `agents/${name}.md` }]),
    ),
  };
}

/** The orchestrator may delegate to what a domain brings. */
function withDelegates(tools: string, names: readonly string[]): string {
  return tools.replace(/Agent\((?<list>[^)]*)\)/, (_, list: string) => `Agent(${[list, ...names].join(', ')})`);
}

function agentSources(context: Context): readonly AgentSource[] {
  return sources(context).flatMap((source) =>
    source.domain === undefined
      ? Object.keys(defaults.agents).map((name) => agentIn(source, `${name}.md`))
      : filesBelow(source.agents).map((file) => agentIn(source, file)),
  );
}

function agentIn({ agents, domain }: Source, file: string): AgentSource {
  const path = join(agents, file);
  const agent = {
    name: basename(file, '.md'),
    domain: domain !== undefined,
    ...splitPrompt(readFileSync(path, 'utf8'), path),
  };
  const problem = domain === undefined ? undefined : domainAgentProblem(file, agent.frontmatter.tools);
  if (problem === undefined) return agent;
  throw new OpsError('config_invalid', `${path}: ${problem}.`, 'Correct it in the domain; nothing was changed.');
}

const frontmatterSchema = z.looseObject({ description: z.string(), tools: z.string(), model: z.string().optional() });

interface Prompt {
  readonly frontmatter: z.output<typeof frontmatterSchema>;
  readonly body: string;
}

/** Frontmatter and prompt of an agent's file. Throws where there is none. */
export function splitPrompt(text: string, file = 'The agent file'): Prompt {
  const { head, body } = splitFrontmatter(text, file);
  const parsed = frontmatterSchema.safeParse(head);
  if (parsed.success) return { frontmatter: parsed.data, body };
  throw new OpsError(
    'config_invalid',
    `${file} has no frontmatter with description and tools.`,
    'Write both between two lines of "---"; for an agent of this version: k8s-agent install.',
  );
}
