import { execa } from 'execa';
import { NODE_FLAGS } from '../shared/boot/launch.ts';
import { ensureBundle } from './bundles.ts';
import type { Context } from './context.ts';

/** Runs the dashboard until it ends, in a process of its own with the flags that it has in a cluster. Returns its exit code. */
export async function runDashboard({ root, node, paths, terminal }: Context, port: string): Promise<number> {
  const bundle = await ensureBundle(root, 'dashboard');
  const { exitCode } = await execa(node, [...NODE_FLAGS, bundle], {
    // The first login is for the person at the terminal, and for nobody who reads what was written elsewhere.
    env: { K8S_AGENT_STATE: paths.state, PORT: port, ...(!terminal.isInteractive && { SETUP_LINK: 'never' }) },
    stdio: 'inherit',
    reject: false,
  });
  return exitCode ?? 1;
}
