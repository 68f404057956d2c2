import { z } from 'zod';
import { OpsError } from '../kernel/errors.ts';

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

export function invalidConfig(where: string, what: string): OpsError {
  const sections = Object.entries(configSchema.shape).map(
    ([key, section]) => `${key} (${Object.keys(section.unwrap().shape).join(', ')})`,
  );
  return new OpsError('config_invalid', `${where}: ${what}.`, `Valid keys: ${sections.join('; ')}.`);
}
