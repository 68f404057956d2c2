import type { BackendSettings, Secret } from '../http/backend.ts';
import type { BackendConfig, Config } from './schema.ts';

type Environment = Readonly<Record<string, string | undefined>>;

interface Names {
  readonly name: string;
  readonly url: string;
  readonly token: string;
}

/** What each backend is called, and the environment variables that set it where the file does not. */
const BACKENDS = {
  argocd: { name: 'Argo CD', url: 'ARGOCD_SERVER', token: 'ARGOCD_AUTH_TOKEN' },
  prometheus: { name: 'Prometheus', url: 'PROMETHEUS_URL', token: 'PROMETHEUS_TOKEN' },
  alertmanager: { name: 'Alertmanager', url: 'ALERTMANAGER_URL', token: 'ALERTMANAGER_TOKEN' },
  gitea: { name: 'Gitea', url: 'GITEA_URL', token: 'GITEA_TOKEN' },
  dashboard: { name: 'the dashboard', url: 'K8S_AGENT_DASHBOARD_URL', token: 'K8S_AGENT_DASHBOARD_TOKEN' },
} as const satisfies Partial<Record<keyof Config, Names>>;

/** The file wins over the environment. */
export function backendSettings(section: keyof typeof BACKENDS, config: Config, env: Environment): BackendSettings {
  const names: Names = BACKENDS[section];
  const set: BackendConfig = config[section];
  return {
    name: names.name,
    url: set.url ?? (env[names.url] || undefined),
    token: secretOf(set.token_file, set.token_env ?? (env[names.token] && names.token), env),
    username: set.username,
    password: secretOf(set.password_file, set.password_env, env),
    caFile: set.ca_file,
    insecure: set.insecure_skip_tls_verify,
    howToSet: `Set ${names.url} and ${names.token}, or url and token_file below ${section}: in k8s-agent.yaml.`,
  };
}

function secretOf(file: string | undefined, variable: string | undefined, env: Environment): Secret | undefined {
  if (file !== undefined) return { file };
  // A variable that is named and not set is an error with the first request, never a silent sign-in as nobody.
  return variable === undefined ? undefined : { value: env[variable] ?? '' };
}
