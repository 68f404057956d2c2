import { hostname } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { DASHBOARD_FLAGS } from '../shared/boot/launch.ts';
import { type Log, stderrLog } from '../shared/kernel/log.ts';
import { ensureBundle } from './bundles.ts';
import type { Context } from './context.ts';

/** Runs the dashboard until it ends, in a process of its own with the flags that it has in a cluster. Returns its exit code. */
export async function runDashboard(context: Context, port: string): Promise<number> {
  const { root, node, paths, terminal } = context;
  const bundle = await ensureBundle(root, 'dashboard');
  const ended = new AbortController();
  const log = stderrLog('k8s-agent dashboard');
  const feeding = feed(context, log, ended.signal).catch((error: unknown) =>
    log('history and workflows are not up to date', error),
  );
  try {
    const { exitCode } = await execa(node, [...DASHBOARD_FLAGS, bundle], {
      // The first login is for the person at the terminal, and for nobody who reads what was written elsewhere.
      env: { K8S_AGENT_STATE: paths.state, PORT: port, ...(!terminal.isInteractive && { SETUP_LINK: 'never' }) },
      stdio: 'inherit',
      reject: false,
    });
    return exitCode ?? 1;
  } finally {
    ended.abort();
    await feeding;
  }
}

/**
 * What the servers of other machines send to a dashboard, this machine puts into the shared file itself: its audit log,
 * its workflows, and every minute what it sees of the cluster.
 */
async function feed({ paths, clock, env }: Context, log: Log, signal: AbortSignal): Promise<void> {
  const { openSqlite } = await import('../shared/control-plane/sqlite/open.ts');
  const { Shipper } = await import('../shared/control-plane/client/shipper.ts');
  const { Publisher } = await import('../shared/boot/publisher.ts');
  const { readConfig } = await import('../shared/config/config.ts');
  const { sourcesOf } = await import('../daemon/status/sources.ts');
  const { reportStatus } = await import('../daemon/status/reporter.ts');
  const { actions, board, close } = openSqlite(paths.database, clock);
  const owner = `dashboard-${process.pid}`;
  const shipper = new Shipper({
    ...{
      folder: paths.actionLogs,
      state: join(paths.state, 'history'),
      owner,
      to: actions,
      clock,
      random: Math.random,
      log,
    },
  });
  const publisher = new Publisher({ paths, by: hostname(), clock, board, log });
  const sources = sourcesOf(await readConfig(paths.config), env, clock);
  const reporting = reportStatus({ sources, by: hostname(), clock, log, board }, signal);
  await Promise.all([shipper.run(signal), publisher.run(signal), reporting]);
  await close();
}
