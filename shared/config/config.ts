import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { errnoOf, messageOf, OpsError } from '../kernel/errors.ts';

/** `~/.claude/k8s-agent.yaml`. Secrets are named by file or environment variable, never written into it. */
export const configSchema = z.strictObject({
  kubectl: z
    .strictObject({
      kubeconfig: z
        .string()
        .min(1)
        .optional()
        .describe('Path of the kubeconfig; KUBECONFIG, then ~/.kube/config, where it is left out.'),
      context: z.string().min(1).optional().describe('Its context; the current one where it is left out.'),
    })
    .default({}),
  approvals: z
    .strictObject({
      expires: z.int().min(1).max(1440).default(15).describe('Minutes that an approval stands.'),
    })
    .default({ expires: 15 }),
});

export type Config = z.output<typeof configSchema>;

/** Reads the file; its absence means the defaults. Errors carry line and column. */
export async function readConfig(file: string): Promise<Config> {
  const text = read(file);
  if (text === undefined) return configSchema.parse({});
  // Loaded when there is a file to read: YAML would cost each start.
  const { parseConfig } = await import('./parse.ts');
  return parseConfig(text, file);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw invalidConfig(file, messageOf(error));
  }
}

export function invalidConfig(where: string, what: string): OpsError {
  const sections = Object.entries(configSchema.shape).map(
    ([key, section]) => `${key} (${Object.keys(section.unwrap().shape).join(', ')})`,
  );
  return new OpsError('config_invalid', `${where}: ${what}.`, `Valid keys: ${sections.join('; ')}.`);
}
