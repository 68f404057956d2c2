import type { Paths } from '../../shared/kernel/paths.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What any program needs to find its way. */
const COMMON = /^(PATH|LANG|LC_ALL|TZ|TMPDIR|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR)$/;

/** What Claude Code needs of its service: credentials, address, models, proxies, and those of the cloud providers. */
const SERVICE = new RegExp(
  [
    '^(ANTHROPIC_\\w+|(AWS|VERTEX|GOOGLE|GCLOUD|CLOUDSDK|CLOUD_ML|AZURE|FOUNDRY)_\\w+)$',
    '^CLAUDE_CODE_(OAUTH_TOKEN|USE_\\w+|SKIP_\\w+_AUTH|MAX_RETRIES|MAX_OUTPUT_TOKENS|CLIENT_\\w+|CERT_STORE)$',
    '^(https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY|API_TIMEOUT_MS)$',
  ].join('|'),
);

/** What our servers need of the backends. */
const BACKENDS = new RegExp(
  [
    '^(KUBECONFIG|KUBERNETES_SERVICE_HOST|KUBERNETES_SERVICE_PORT|USER|LOGNAME)$',
    '^(ARGOCD|PROMETHEUS|ALERTMANAGER|GITEA|K8S_AGENT_DASHBOARD)_\\w+$',
  ].join('|'),
);

/** The client tells nobody anything, changes nothing by itself, and adds nothing to what we give it. */
const QUIET = {
  DISABLE_TELEMETRY: '1',
  DISABLE_ERROR_REPORTING: '1',
  DISABLE_AUTOUPDATER: '1',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  CLAUDE_CODE_DISABLE_CLAUDE_MDS: '1',
  CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
  CLAUDE_CODE_DISABLE_BUNDLED_SKILLS: '1',
  CLAUDE_CODE_DISABLE_FILE_MENTIONS: '1',
  CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
  CLAUDE_CODE_DISABLE_MCP_TASK_BACKGROUND: '1',
  // Each tool is in the first request: there are few.
  ENABLE_TOOL_SEARCH: 'false',
} as const;

/** Milliseconds that a server may take to start: a Pi reads its code from a card. */
export const START_LIMIT = 60_000;

/** Names that the client adds to what its servers get, and that are none of their business. */
const CLIENTS_OWN = ['CLAUDE_CODE_MESSAGING_TOKEN', 'CLAUDE_CODE_MESSAGING_SOCKET'];

/**
 * The environment of the `claude` process: a home of its own in `folder`, so that nothing of the person's counts there,
 * and what it needs to reach its service. Credentials of a cloud provider stay where they are.
 */
export function clientEnvironment(env: Environment, folder: string, toolTimeout: number): Record<string, string> {
  const { HOME } = env;
  const cloud: Environment =
    HOME === undefined
      ? {}
      : {
          ...(on(env.CLAUDE_CODE_USE_BEDROCK) && {
            AWS_CONFIG_FILE: `${HOME}/.aws/config`,
            AWS_SHARED_CREDENTIALS_FILE: `${HOME}/.aws/credentials`,
          }),
          ...(on(env.CLAUDE_CODE_USE_VERTEX) && { CLOUDSDK_CONFIG: `${HOME}/.config/gcloud` }),
        };
  return {
    ...only(cloud, /./),
    ...only(env, COMMON),
    ...only(env, SERVICE),
    ...QUIET,
    HOME: folder,
    CLAUDE_CONFIG_DIR: folder,
    MCP_TIMEOUT: String(START_LIMIT),
    MCP_TOOL_TIMEOUT: String(toolTimeout),
  };
}

/** Who calls, and how long a call may wait for a person. */
export interface ServerFor {
  readonly run: string;
  /** Undefined where no agent calls: what a person has approved is carried out. */
  readonly agent?: string;
  /** The daemon's process, without which an agent must not go on. */
  readonly daemon?: number;
  /** Seconds. */
  readonly approvalWait: number;
  /** Milliseconds. */
  readonly toolTimeout: number;
}

/** The environment of one of our servers. `named` are the variables that the configuration names by itself. */
export function serverEnvironment(
  env: Environment,
  paths: Paths,
  named: readonly string[],
  { run, agent, daemon, approvalWait, toolTimeout }: ServerFor,
): Record<string, string> {
  return {
    ...only(env, COMMON),
    ...only(env, BACKENDS),
    ...only(env, /^HOME$/),
    ...Object.fromEntries(named.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
    K8S_AGENT_HOME: paths.home,
    K8S_AGENT_RUN: run,
    ...(agent !== undefined && { K8S_AGENT_AGENT: agent }),
    ...(daemon !== undefined && { K8S_AGENT_DAEMON: String(daemon) }),
    K8S_AGENT_APPROVAL_WAIT: String(approvalWait),
    MCP_TOOL_TIMEOUT: String(toolTimeout),
  };
}

/** The client hands its own environment on to its servers: what is none of theirs is empty there. */
export function withoutClients(
  server: Readonly<Record<string, string>>,
  client: Readonly<Record<string, string>>,
): Record<string, string> {
  const names = [...Object.keys(client), ...CLIENTS_OWN];
  return { ...Object.fromEntries(names.map((name) => [name, ''])), ...server };
}

function only(env: Environment, names: RegExp): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value !== undefined && names.test(name) ? [[name, value]] : [])),
  );
}

function on(flag: string | undefined): boolean {
  return flag !== undefined && !/^(|0|false|no|off)$/i.test(flag);
}
