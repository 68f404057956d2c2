import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { agentsIn } from '../../shared/config/agents.ts';
import { splitFrontmatter } from '../../shared/config/frontmatter.ts';
import { KNOWN_TOOLS } from '../../shared/config/workflows.ts';
import { messageOf, OpsError } from '../../shared/kernel/errors.ts';
import type { Paths } from '../../shared/kernel/paths.ts';

/** What an agent is, and what it may use: as the settings and its file say. */
export interface AgentProfile {
  /** The text of its file. */
  readonly prompt: string;
  /** Servers that it needs, each with its tools. */
  readonly servers: ReadonlyMap<string, ServerTools>;
}

interface ServerTools {
  readonly allowed: readonly string[];
  readonly hidden: readonly string[];
}

/** Runs are started, driven and reported by code: no agent of a step has that server. */
const NEVER = 'workflows';

const headSchema = z.looseObject({ tools: z.string() });

/** The agent of this name; `only` are the tools that its step may use (`SERVER.TOOL`). Throws an `OpsError`. */
export function profileOf(paths: Paths, name: string, only: readonly string[] | undefined): AgentProfile {
  const file = promptFileOf(paths, name);
  const { head, body } = splitFrontmatter(readPrompt(file, name), file);
  const { data } = headSchema.safeParse(head);
  if (data === undefined) throw missingFile(name, `${file} names no tools between two lines of "---"`);
  return { prompt: body.trim(), servers: serversIn(data.tools, only) };
}

/** Throws where an agent of the settings has no file that can be read. */
export function checkProfiles(paths: Paths): void {
  for (const name of Object.keys(agentsIn(paths.settings))) profileOf(paths, name, undefined);
}

function promptFileOf(paths: Paths, name: string): string {
  const agents = agentsIn(paths.settings);
  const agent = Object.hasOwn(agents, name) ? agents[name] : undefined;
  if (agent !== undefined) return resolve(paths.home, agent.promptFile);
  throw new OpsError(
    'config_invalid',
    `There is no agent "${name}" in ${paths.settings}.`,
    `Agents: ${Object.keys(agents).join(', ')}.`,
  );
}

function readPrompt(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw missingFile(name, messageOf(error), error);
  }
}

function missingFile(name: string, what: string, cause?: unknown): OpsError {
  return new OpsError('config_invalid', `Agent ${name} has no prompt: ${what}.`, 'A person runs: k8s-agent install', {
    cause,
  });
}

/** `mcp__kubectl__*, mcp__argocd__list_apps`, as Claude Code reads it; what else an agent of a chat has does not count. */
function serversIn(tools: string, only: readonly string[] | undefined): ReadonlyMap<string, ServerTools> {
  const granted = [...tools.matchAll(/\bmcp__([a-z]+)(?:__(\*|[a-z_]+))?/g)].map(([, server, tool = '*']) => ({
    server,
    tool,
  }));
  const mayUse = (server: string, tool: string) =>
    granted.some((one) => one.server === server && (one.tool === '*' || one.tool === tool)) &&
    (only === undefined || only.includes(`${server}.${tool}`));
  const grouped = Map.groupBy(
    KNOWN_TOOLS.filter(({ server }) => server !== NEVER),
    ({ server }) => server,
  );
  const split = [...grouped].map(([server, all]): [string, ServerTools] => {
    const names = all.map(({ tool }) => tool);
    return [
      server,
      {
        allowed: names.filter((tool) => mayUse(server, tool)),
        hidden: names.filter((tool) => !mayUse(server, tool)),
      },
    ];
  });
  return new Map(split.filter(([, { allowed }]) => allowed.length > 0));
}
