import { NODE_FLAGS } from '../../shared/boot/launch.ts';
import type { Config } from '../../shared/config/schema.ts';
import type { Paths } from '../../shared/kernel/paths.ts';
import type { Environment } from './environment.ts';

/** What starting our servers takes. */
export interface ServerOptions {
  readonly paths: Paths;
  /** The daemon's own: credentials for Claude, addresses and tokens of the backends. */
  readonly env: Environment;
  /** Absolute path of Node.js. */
  readonly node: string;
  /** Path of a server's bundle. */
  readonly bundle: (server: string) => Promise<string>;
  /** How a server signs in to the cluster, where it has an account of its own; else as the daemon does. */
  readonly access?: (server: string) => Readonly<Record<string, string>>;
}

interface Command {
  readonly command: string;
  readonly args: string[];
}

export async function serverCommand({ node, bundle }: ServerOptions, server: string): Promise<Command> {
  return { command: node, args: [...NODE_FLAGS, await bundle(server)] };
}

/** Seconds that a change may take after its yes: the gate's deadline, and the looks before it. */
const CHANGE = 180;

/** The client's time for one call, in milliseconds, so that a call can wait this many seconds for a person. */
export function patience(approvalWait: number): { readonly approvalWait: number; readonly toolTimeout: number } {
  // A server trusts nine tenths of what the client says.
  return { approvalWait, toolTimeout: Math.ceil(((approvalWait + CHANGE) / 0.9) * 1000) };
}

/** Variables with secrets that the configuration names by itself. */
export function variablesIn(config: Config): readonly string[] {
  const { argocd, prometheus, alertmanager, gitea, dashboard } = config;
  return [argocd, prometheus, alertmanager, gitea, dashboard].flatMap(({ token_env, password_env }) =>
    [token_env, password_env].filter((name) => name !== undefined),
  );
}
