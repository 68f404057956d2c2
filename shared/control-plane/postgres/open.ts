import type { Clock } from '../../kernel/clock.ts';
import type { ControlPlane } from '../ports.ts';
import { SqlActionLog } from '../sql/actions.ts';
import { SqlBoard } from '../sql/board.ts';
import { SqlDaemonState } from '../sql/daemon-state.ts';
import { SqlDocuments } from '../sql/documents.ts';
import { SqlInbox } from '../sql/inbox.ts';
import { SqlPast } from '../sql/past.ts';
import { PostgresApprovalStore } from './approvals.ts';
import { PostgresChanges } from './changes.ts';
import { migrate } from './migrate.ts';
import { PostgresRunStore } from './runs.ts';
import { PostgresSql } from './sql.ts';

/** Everything in one PostgreSQL database, which several replicas share. Throws where it cannot be opened or migrated. */
export async function openPostgres(url: string, clock: Clock): Promise<ControlPlane> {
  const sql = new PostgresSql(url);
  const changes = new PostgresChanges(url);
  const close = async () => {
    await changes.close();
    await sql.close();
  };
  try {
    await sql.use('opened', migrate);
    await sql.use('opened', () => changes.open());
  } catch (error) {
    await close();
    throw error;
  }
  return {
    approvals: new PostgresApprovalStore(sql),
    runs: new PostgresRunStore(sql),
    actions: new SqlActionLog(sql),
    inbox: new SqlInbox(sql),
    board: new SqlBoard(sql),
    documents: new SqlDocuments(sql, clock),
    daemonState: new SqlDaemonState(sql),
    past: new SqlPast(sql),
    changes,
    close,
  };
}
