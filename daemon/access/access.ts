import type { Cluster } from '../../shared/cluster/cluster.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { Log } from '../../shared/kernel/log.ts';
import { rounds } from '../../shared/kernel/rounds.ts';
import { kubeconfigIn, writeKubeconfig } from './kubeconfig.ts';
import { requestToken } from './token.ts';

/** The servers that speak to the API server, and what names the ServiceAccount of each. */
const ACCOUNTS = {
  kubectl: 'K8S_AGENT_KUBECTL_SERVICE_ACCOUNT',
  gitea: 'K8S_AGENT_GITEA_SERVICE_ACCOUNT',
} as const;

/** The folder for kubeconfigs and tokens: in memory, and of nobody else. */
const FOLDER = 'K8S_AGENT_ACCESS';

/** Seconds that a token counts. The API server gives none for less than 600. */
const LIFE = 900;

/** Milliseconds to the next try after a failure, and at the least between two renewals. */
const SOON = 10_000;

export interface AccessOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Signed in as the daemon's own account. */
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly log: Log;
}

/** The rights of the servers that a daemon in a cluster starts: each has an account of its own, or none. */
export interface ServerAccess {
  /** What a server finds in its environment. Whoever has no account finds no cluster: a pod's own account is the daemon's. */
  environment(server: string): { readonly KUBECONFIG: string };
  /** Renews every token; says how many milliseconds to wait before the next time. What fails is logged. */
  renew(signal: AbortSignal): Promise<number>;
}

/**
 * Undefined outside of a cluster, and where no account is named: servers then sign in as the user's kubeconfig says.
 * Throws where one is named and there is no place for its token: its server would sign in as the daemon.
 */
export function serverAccess({ env, cluster, clock, log }: AccessOptions): ServerAccess | undefined {
  const folder = env[FOLDER];
  const accounts = new Map(
    Object.entries(ACCOUNTS).flatMap(([server, variable]) => (env[variable] ? [[server, env[variable]] as const] : [])),
  );
  if (!env.KUBERNETES_SERVICE_HOST || accounts.size === 0) return undefined;
  if (!folder) throw noFolder();
  const renewOne = async (server: string, name: string, signal: AbortSignal): Promise<number> => {
    const connection = await cluster.connection();
    const account = { namespace: connection.namespace, name, seconds: LIFE };
    const fresh = await requestToken(cluster, account, signal);
    await writeKubeconfig(folder, server, { connection, ...fresh });
    return fresh.expires;
  };
  return {
    environment: (server) => ({ KUBECONFIG: accounts.has(server) ? kubeconfigIn(folder, server) : '/dev/null' }),
    renew: async (signal) => {
      const ends = await Promise.all([...accounts].map(([server, name]) => renewOne(server, name, signal))).catch(
        (error: unknown) => {
          if (!signal.aborted) log('the servers’ access to the cluster could not be renewed; it is tried again', error);
          return [];
        },
      );
      // Two thirds in: a third is left for an API server that is away.
      return ends.length === 0 ? SOON : Math.max(SOON, ((Math.min(...ends) - clock.now()) * 2) / 3);
    },
  };
}

function noFolder(): OpsError {
  return new OpsError(
    'config_invalid',
    `${Object.values(ACCOUNTS).join(' or ')} is set, and ${FOLDER} is not.`,
    `${FOLDER} names a folder in memory, as deploy/daemon/base/deployment.yaml does.`,
  );
}

/** Keeps every token fresh, until it is told to stop. It keeps no process alive. */
export function keepAccess(access: ServerAccess, signal: AbortSignal): Promise<void> {
  return rounds(() => access.renew(signal), signal);
}
