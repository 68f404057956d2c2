import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Paths } from '../kernel/paths.ts';
import { LoggedRunStore } from '../store/run-log.ts';
import { SqliteRunStore } from '../store/sqlite-runs.ts';
import { Runs } from '../workflow/runs.ts';

/** The runs of this machine, with their logs. Load it late: it brings the database. */
export function openRuns(paths: Paths, clock: Clock, log: Log): { readonly runs: Runs; close(): void } {
  const store = new SqliteRunStore(paths.database);
  return {
    runs: new Runs(new LoggedRunStore(store, paths.workflowLogs, log), clock),
    close: () => store.close(),
  };
}
