import { once } from 'node:events';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

const state = process.env.K8S_AGENT_STATE || join(homedir(), '.claude', 'k8s-agent');
// The rest is loaded after the compile cache is on: a start at a tenth of a core takes half as long.
enableCompileCache(join(state, 'compile-cache'));
const { run } = await import('./run.ts');
const signals = ['SIGTERM', 'SIGINT'] as const;
// Written early: a process that is killed never does it by itself.
setTimeout(flushCompileCache, 5_000).unref();
const exitCode = await run({
  args: process.argv.slice(2),
  env: process.env,
  state,
  write: (text) => process.stdout.write(text),
  ended: Promise.race(signals.map((signal) => once(process, signal))),
});
process.exit(exitCode);
