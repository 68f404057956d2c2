import { readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { scrubEnvironment } from '../shared/boot/boot.ts';
import { DASHBOARD_FLAGS } from '../shared/boot/launch.ts';
import { numberAt, parseJson, stringAt } from '../shared/kernel/json.ts';
import { type Log, stderrLog } from '../shared/kernel/log.ts';
import type { Paths } from '../shared/kernel/paths.ts';
import { ensureBundle } from './bundles.ts';
import type { Context } from './context.ts';

/** Milliseconds that a dashboard has to end; it needs 10 s at the most. */
const PATIENCE = 15_000;

/** Runs the dashboard until it ends. Returns its exit code. */
export async function runDashboard(context: Context, port: string): Promise<number> {
  const ended = new AbortController();
  const log = stderrLog('k8s-agent dashboard');
  const feeding = feed(context, log, ended.signal).catch((error: unknown) =>
    log('history and workflows are not up to date', error),
  );
  try {
    const bundle = await ensureBundle(context.root, 'dashboard');
    const child = execa(context.node, [...DASHBOARD_FLAGS, bundle], {
      ...environment(context, port),
      ...{ stdin: 'ignore', stdout: ['inherit', 'pipe'], stderr: 'inherit', buffer: false, reject: false },
    });
    for await (const line of child) await noteAddress(line, context.paths, child.pid);
    return (await child).exitCode ?? 1;
  } finally {
    ended.abort();
    await feeding;
  }
}

export interface DashboardProcess {
  /** Everything that it writes, line by line, until it has ended. */
  readonly lines: AsyncIterable<string>;
  /** `exit code 1`, or the signal that ended it. */
  readonly ended: Promise<string>;
}

/** Starts the dashboard as a child that ends with `signal`. */
export async function startDashboard(context: Context, port: string, signal: AbortSignal): Promise<DashboardProcess> {
  const bundle = await ensureBundle(context.root, 'dashboard');
  const child = execa(context.node, [...DASHBOARD_FLAGS, bundle], {
    ...environment(context, port),
    ...{ stdin: 'ignore', all: true, buffer: false, reject: false },
    cancelSignal: signal,
    forceKillAfterDelay: PATIENCE,
  });
  async function* lines() {
    for await (const line of child.iterable({ from: 'all' })) {
      await noteAddress(line, context.paths, child.pid);
      yield line;
    }
  }
  const ended = child.then(({ exitCode, signal: by }) => by ?? `exit code ${exitCode}`);
  return { lines: lines(), ended };
}

/** It needs no key of the agents. */
function environment({ env: given, paths, terminal }: Context, port: string) {
  const env = { ...given, K8S_AGENT_STATE: paths.state, PORT: port };
  scrubEnvironment(env);
  // The first login is for the person at the terminal, and for nobody who reads what was written elsewhere.
  return { env: terminal.isInteractive ? env : { ...env, SETUP_LINK: 'never' }, extendEnv: false };
}

/** Where the dashboard says that it listens, as this machine reaches it; undefined in any other line. */
export function listeningAt(line: string): string | undefined {
  const url = /^The dashboard listens on (http:\/\/\S+)$/.exec(line)?.[1];
  return url?.replace(/\/\/(0\.0\.0\.0|\[::\]):/, '//127.0.0.1:');
}

/** Others on this machine who find the port taken learn by whom. */
async function noteAddress(line: string, paths: Paths, pid: number | undefined): Promise<void> {
  const url = listeningAt(line);
  if (url !== undefined) await writeFile(addressFile(paths), JSON.stringify({ pid, url }), { mode: 0o600 });
}

/** The address of the dashboard that a process runs on this machine's file. */
export async function runningDashboard(paths: Paths): Promise<string | undefined> {
  const noted = parseJson(await readFile(addressFile(paths), 'utf8').catch(() => ''));
  const [pid, url] = [numberAt(noted, 'pid'), stringAt(noted, 'url')];
  return pid !== undefined && url !== undefined && isAlive(pid) ? url : undefined;
}

/** The same, where it has this port. */
export async function dashboardAt(port: string, paths: Paths): Promise<string | undefined> {
  const url = await runningDashboard(paths);
  return url !== undefined && URL.parse(url)?.port === port ? url : undefined;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function addressFile({ state }: Paths): string {
  return join(state, 'dashboard.json');
}

/** What the servers of other machines send to a dashboard, this machine puts into the shared file itself. */
async function feed(context: Context, log: Log, signal: AbortSignal): Promise<void> {
  const { paths, clock, env } = context;
  const { openSqlite } = await import('../shared/control-plane/sqlite/open.ts');
  const { Publisher } = await import('../shared/boot/publisher.ts');
  const { readConfig } = await import('../shared/config/config.ts');
  const { sourcesOf } = await import('../daemon/status/sources.ts');
  const { reportStatus } = await import('../daemon/status/reporter.ts');
  const { board, close } = openSqlite(paths.database, clock);
  const publisher = new Publisher({ paths, by: hostname(), clock, board, log });
  const sources = sourcesOf(await readConfig(paths.config), env, clock);
  const reporting = reportStatus({ sources, by: hostname(), clock, log, board }, signal);
  await Promise.all([shipHistory(context, log, signal), publisher.run(signal), reporting]);
  await close();
}

/** Puts this machine's audit log into the file that its dashboard reads, until it is told to stop. */
export async function shipHistory({ paths, clock }: Context, log: Log, signal: AbortSignal): Promise<void> {
  const { openSqlite } = await import('../shared/control-plane/sqlite/open.ts');
  const { Shipper } = await import('../shared/control-plane/client/shipper.ts');
  const { actions, close } = openSqlite(paths.database, clock);
  const [owner, state] = [`dashboard-${process.pid}`, join(paths.state, 'history')];
  const shipper = new Shipper({
    ...{ folder: paths.actionLogs, state, owner, to: actions, clock, random: Math.random, log },
  });
  await shipper.run(signal);
  await close();
}
