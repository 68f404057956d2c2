import { enableCompileCache, flushCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Milliseconds after which the compiled code is written out: a server that is killed never does it by itself. */
const FLUSH_AFTER = 1_000;

/**
 * Turns Node's compile cache on, in our own state folder: the default is in the shared temporary folder,
 * where another user could leave code for us to run.
 */
export function startQuickly(env: NodeJS.ProcessEnv): () => void {
  enableCompileCache(join(env.K8S_AGENT_HOME ?? join(homedir(), '.claude'), 'k8s-agent', 'compile-cache'));
  return () => setTimeout(flushCompileCache, FLUSH_AFTER).unref();
}
