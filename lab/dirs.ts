import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Environment variables as they are read here; `process.env` is one. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The folder that all checkouts of this project share: `$XDG_CACHE_HOME` or `~/.cache`, then our name. */
export function cacheDir(env: Env): string {
  const base = env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache');
  return join(base, 'k8s-agent-orchestrator');
}

/** Where one lab keeps its state; `K8S_AGENT_LAB_DIR` or an explicit folder puts a second lab beside the user's. */
export function labDir(env: Env, chosen?: string): string {
  return resolve(chosen || env.K8S_AGENT_LAB_DIR || join(cacheDir(env), 'lab'));
}
