import { hostname } from 'node:os';
import type { Config } from '../config/schema.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Paths } from '../kernel/paths.ts';
import { dashboardApi } from './desk.ts';

/** Milliseconds after the start: the first answer comes first. */
const AFTER = 3_000;

/**
 * Publishes this machine's workflows and runs at a dashboard that is on another machine. One on this machine reads the
 * runs in the shared file, and `k8s-agent dashboard` publishes the workflows.
 */
export function publishLater(machine: {
  readonly paths: Paths;
  readonly config: () => Promise<Config>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}): void {
  setTimeout(() => {
    publish(machine).catch((error: unknown) => machine.log('nothing is published at the dashboard', error));
  }, AFTER).unref();
}

async function publish({ paths, config, env, log }: Parameters<typeof publishLater>[0]): Promise<void> {
  const api = await dashboardApi({ config: await config(), env });
  if (api === undefined) return;
  const { HttpBoard } = await import('../control-plane/client/feeds.ts');
  const { HttpRunStore } = await import('../control-plane/client/stores.ts');
  const { SqliteRunStore } = await import('../store/sqlite-runs.ts');
  const { Publisher } = await import('./publisher.ts');
  const publisher = new Publisher({
    paths,
    by: hostname(),
    clock: systemClock,
    board: new HttpBoard(api),
    runs: { from: new SqliteRunStore(paths.database), to: new HttpRunStore(api) },
    log,
  });
  await publisher.run(new AbortController().signal);
}
