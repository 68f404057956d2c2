import type Database from 'better-sqlite3';
import type { Clock } from '../../kernel/clock.ts';
import { migrateApprovals, SqliteApprovalStore } from '../../store/sqlite.ts';
import { guarded, migratePart, openFile } from '../../store/sqlite-file.ts';
import { migrateRuns, SqliteRunStore } from '../../store/sqlite-runs.ts';
import type { ControlPlane } from '../ports.ts';
import { SqlActionLog } from '../sql/actions.ts';
import { SqlBoard } from '../sql/board.ts';
import { SqlDaemonState } from '../sql/daemon-state.ts';
import { SqlDocuments } from '../sql/documents.ts';
import { SqlInbox } from '../sql/inbox.ts';
import { SqlPast } from '../sql/past.ts';
import { STEPS } from '../sql/schema.ts';
import { CHANGE_STEPS, SqliteChanges } from './changes.ts';
import { SqliteSql, WHAT } from './sql.ts';

/** KiB of pages that SQLite keeps by itself: the kernel has the rest of the file, and may give it up. */
const CACHE = 2_048;

/** Everything in one SQLite file, which the servers and the CLI of this machine may share. Throws where it cannot be opened. */
export function openSqlite(file: string, clock: Clock): ControlPlane {
  const db = guarded(WHAT, file, 'opened', () => openFile(file, migrate));
  db.pragma(`cache_size = -${CACHE}`);
  const sql = new SqliteSql(db, file);
  const changes = changesOf(db);
  return {
    approvals: new SqliteApprovalStore(file, db),
    runs: new SqliteRunStore(file, db),
    actions: new SqlActionLog(sql),
    inbox: new SqlInbox(sql),
    board: new SqlBoard(sql),
    documents: new SqlDocuments(sql, clock),
    daemonState: new SqlDaemonState(sql),
    past: new SqlPast(sql),
    changes,
    close: async () => {
      changes.close();
      db.close();
    },
  };
}

/** Tables of a version that was never released: what was in them is in `daemon_state`. */
const GONE: readonly string[] = [
  ['leases', 'incidents', 'incident_entries', 'incident_effects', 'daemon_records']
    .map((table) => `DROP TABLE IF EXISTS ${table};`)
    .join('\n'),
];

function migrate(db: Database.Database): void {
  migrateApprovals(db);
  migrateRuns(db);
  migratePart(db, 'dashboard', STEPS);
  migratePart(db, 'changes', CHANGE_STEPS);
  migratePart(db, 'gone', GONE);
}

/** `data_version` shows the commits of others, `total_changes` our own. */
function changesOf(db: Database.Database): SqliteChanges {
  const counters = db.prepare('SELECT topic, n FROM changes');
  const others = db.prepare('PRAGMA data_version').pluck();
  const own = db.prepare('SELECT total_changes()').pluck();
  return new SqliteChanges({ counters: () => counters.all(), version: () => `${others.get()} ${own.get()}` });
}
