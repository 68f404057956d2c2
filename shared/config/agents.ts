import { z } from 'zod';
import defaults from '../../claude-config/settings.json' with { type: 'json' };
import { OpsError } from '../kernel/errors.ts';
import { at } from '../kernel/json.ts';
import { readSettings } from './settings.ts';

/** `agents` in settings.json: the one place for models and prompt files. */
const agentsSchema = z.record(z.string(), z.looseObject({ model: z.string().min(1), promptFile: z.string().min(1) }));
export type Agents = z.output<typeof agentsSchema>;

/** The agents of a settings file; where it names none, those that come with this version. */
export function agentsIn(settings: string): Agents {
  return parseAgents(at(readSettings(settings), 'agents') ?? defaults.agents);
}

export function parseAgents(value: unknown): Agents {
  const result = agentsSchema.safeParse(value);
  if (result.success) return result.data;
  throw new OpsError(
    'config_invalid',
    `agents in settings.json: ${z.prettifyError(result.error)}`,
    'Each agent reads: "name": { "model": "sonnet", "promptFile": "agents/name.md" }.',
  );
}
