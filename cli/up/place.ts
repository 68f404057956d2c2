import { isOnThisMachine } from '../../shared/boot/desk.ts';
import { backendSettings } from '../../shared/config/backends.ts';
import type { Config } from '../../shared/config/schema.ts';
import { portHere } from '../port.ts';

export interface UpOptions {
  readonly port?: string;
  /** False: the daemon alone. */
  readonly dashboard: boolean;
  /** False: lines instead of the view. */
  readonly view: boolean;
}

/** Where the dashboard is: `here`, a child of this process; `elsewhere`, found at `url`; or not at all. */
export type Place =
  | { readonly kind: 'here'; readonly port: string }
  | { readonly kind: 'elsewhere'; readonly url: string }
  | { readonly kind: 'none' };

export type Environment = Readonly<Record<string, string | undefined>>;

export function placeOf(options: UpOptions, config: Config, env: Environment): Place {
  const { url } = backendSettings('dashboard', config, env);
  if (url !== undefined && (!options.dashboard || !isOnThisMachine(url))) return { kind: 'elsewhere', url };
  if (!options.dashboard) return { kind: 'none' };
  return { kind: 'here', port: portHere(options.port, url) };
}

/**
 * The environment of the daemon and of its servers. With an address set, approvals wait for a person; a dashboard that
 * is on this machine shares the file and needs no token.
 */
export function withDashboard(env: Environment, url: string | undefined): Environment {
  return url === undefined ? env : { ...env, K8S_AGENT_DASHBOARD_URL: env.K8S_AGENT_DASHBOARD_URL || url };
}
