import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import defaults from '../../claude-config/settings.json' with { type: 'json' };
import { OpsError } from '../../shared/kernel/errors.ts';
import { at } from '../../shared/kernel/json.ts';
import type { Context } from '../context.ts';

/** `agents` in settings.json: the one place for models and prompt files. */
export const agentsSchema = z.record(
  z.string(),
  z.looseObject({ model: z.string().min(1), promptFile: z.string().min(1) }),
);

export interface AgentFile {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** The agents that this version brings, as the settings want them. Claude Code reads `agents/<name>.md`. */
export function agentFiles({ root, paths }: Context, settings: unknown): readonly AgentFile[] {
  const configured = parseAgents(at(settings, 'agents') ?? defaults.agents);
  return Object.keys(defaults.agents).flatMap((name) => {
    const agent = configured[name];
    if (agent === undefined) return [];
    const { frontmatter, body } = splitPrompt(
      readFileSync(join(root, 'claude-config', 'agents', `${name}.md`), 'utf8'),
    );
    const head = stringify(
      { name, description: frontmatter.description, model: agent.model, tools: frontmatter.tools },
      { lineWidth: 0 },
    );
    return [{ name, path: join(paths.agents, `${name}.md`), text: `---\n${head}---\n${body}` }];
  });
}

export function parseAgents(value: unknown): z.output<typeof agentsSchema> {
  const result = agentsSchema.safeParse(value);
  if (result.success) return result.data;
  throw new OpsError(
    'config_invalid',
    `agents in settings.json: ${z.prettifyError(result.error)}`,
    'Each agent reads: "name": { "model": "sonnet", "promptFile": "agents/name.md" }.',
  );
}

const frontmatterSchema = z.looseObject({ description: z.string(), tools: z.string(), model: z.string().optional() });

/** Frontmatter and prompt of an agent's file. Throws where there is none. */
export function splitPrompt(text: string): {
  readonly frontmatter: z.output<typeof frontmatterSchema>;
  readonly body: string;
} {
  const match = /^---\r?\n(?<head>[\s\S]*?)\r?\n---\r?\n(?<body>[\s\S]*)$/.exec(text);
  const { head, body } = match?.groups ?? {};
  const parsed = frontmatterSchema.safeParse(head === undefined ? undefined : parse(head));
  if (!parsed.success || body === undefined) {
    throw new OpsError(
      'config_invalid',
      'The agent file has no frontmatter with description and tools.',
      'Write it anew: k8s-agent install',
    );
  }
  return { frontmatter: parsed.data, body };
}
