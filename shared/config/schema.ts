import { z } from 'zod';
import { OpsError } from '../kernel/errors.ts';
import { notificationsSchema, strict } from '../notify/settings.ts';

const text = z.string().min(1);
const usd = z.number().positive().max(1000);

/** How to reach a backend over HTTP. Secrets stand in files or in the environment, never here. */
const backend = z
  .strictObject({
    url: text.optional().describe('Its address; what the environment says where it is left out.'),
    token_file: text.optional().describe('Path of a file that holds the token alone.'),
    token_env: text.optional().describe('Name of the environment variable that holds the token.'),
    username: text.optional().describe('For basic authentication, with password_file or password_env.'),
    password_file: text.optional().describe('Path of a file that holds the password alone.'),
    password_env: text.optional().describe('Name of the environment variable that holds the password.'),
    ca_file: text.optional().describe('PEM file of your own certificate authority.'),
    insecure_skip_tls_verify: z.boolean().default(false).describe('Trust any certificate; every answer says so.'),
  })
  .default({ insecure_skip_tls_verify: false });

export type BackendConfig = z.output<typeof backend>;

/** `~/.claude/k8s-agent.yaml`. Secrets are named by file or environment variable, never written into it. */
export const configSchema = z.strictObject({
  kubectl: z
    .strictObject({
      kubeconfig: text
        .optional()
        .describe('Path of the kubeconfig; KUBECONFIG, then ~/.kube/config, where it is left out.'),
      context: text.optional().describe('Its context; the current one where it is left out.'),
    })
    .default({}),
  argocd: backend,
  prometheus: backend,
  alertmanager: backend,
  gitea: backend,
  dashboard: backend,
  approvals: z
    .strictObject({
      expires: z.int().min(1).max(1440).default(15).describe('Minutes that an approval stands.'),
      wait: z.int().min(0).max(600).default(120).describe('Seconds that a call waits for an answer in the dashboard.'),
    })
    .default({ expires: 15, wait: 120 }),
  notifications: notificationsSchema,
  daemon: z
    .strictObject({
      budget: strict({ step: usd.default(1), run: usd.default(5), day: usd.default(25) })
        .default({ step: 1, run: 5, day: 25 })
        .describe('US dollars that agents may take, as the Agent SDK reckons them.'),
      max_turns: z.int().min(1).max(500).default(50).describe('Turns of one step’s agent.'),
      agents: z.int().min(1).max(16).default(2).describe('Steps that run at the same time.'),
      verify: z.int().min(1).max(240).default(15).describe('Minutes in which a change has to help.'),
      drain: z
        .int()
        .min(0)
        .max(3600)
        .default(60)
        .describe('Seconds that running steps have when the daemon is stopped.'),
    })
    .prefault({}),
});

export type Config = z.output<typeof configSchema>;

export function invalidConfig(where: string, what: string): OpsError {
  const sections = Map.groupBy(configSchema.keyof().options, keysOf);
  const keys = [...sections].map(([inside, names]) => `${names.join(', ')} (${inside})`);
  return new OpsError('config_invalid', `${where}: ${what}.`, `Valid keys: ${keys.join('; ')}.`);
}

function keysOf(section: keyof typeof configSchema.shape): string {
  return Object.keys(configSchema.shape[section].unwrap().shape).join(', ');
}
