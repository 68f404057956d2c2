import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Paths } from '../kernel/paths.ts';
import { LoggedRunStore } from '../store/run-log.ts';
import { SqliteRunStore } from '../store/sqlite-runs.ts';
import { Runs } from '../workflow/runs.ts';
import { dashboardApi, type Place } from './desk.ts';

/** The runs of this machine, with their logs. Load it late: it brings the database. */
export function openRuns(paths: Paths, clock: Clock, log: Log): { readonly runs: Runs; close(): void } {
  const store = new SqliteRunStore(paths.database);
  return {
    runs: new Runs(new LoggedRunStore(store, paths.workflowLogs, log), clock),
    close: () => store.close(),
  };
}

/**
 * The runs that daemons drive: at the dashboard where one with a token is set, so that another machine’s daemon can go
 * on with them. The logs are this machine’s. A chat’s runs are never there: only its own machine goes on with those.
 */
export async function openDaemonRuns(place: Place, log: Log): Promise<Runs> {
  const { paths, clock } = place;
  const api = await dashboardApi(place);
  if (api === undefined) return openRuns(paths, clock, log).runs;
  const { HttpRunStore } = await import('../control-plane/client/stores.ts');
  return new Runs(new LoggedRunStore(new HttpRunStore(api), paths.workflowLogs, log), clock);
}
