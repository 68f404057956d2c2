import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import type { DaemonState } from '../../shared/control-plane/ports.ts';
import { SqlDaemonState } from '../../shared/control-plane/sql/daemon-state.ts';
import { STEPS } from '../../shared/control-plane/sql/schema.ts';
import { SqliteSql } from '../../shared/control-plane/sqlite/sql.ts';
import { migratePart } from '../../shared/store/sqlite-file.ts';
import { type DashboardRig, startDashboard } from './dashboard.ts';
import { stateAt } from './dashboard-state.ts';

/** An empty store, for the test alone, without a disk. */
export function sqlInMemory(): SqliteSql {
  const db = new Database(':memory:');
  onTestFinished(() => void db.close());
  migratePart(db, 'dashboard', STEPS);
  return new SqliteSql(db, ':memory:');
}

export const stateInMemory = (): DaemonState => new SqlDaemonState(sqlInMemory());

/** At a dashboard, by a daemon's token. */
export async function stateAtDashboard(dashboard?: DashboardRig): Promise<DaemonState> {
  const { url, token } = dashboard ?? (await startDashboard());
  return stateAt(url, await token('daemon'));
}
