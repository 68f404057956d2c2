import { OPEN_STATES } from '../../approvals/approval.ts';
import type { Past } from '../ports.ts';
import type { Sql } from './sql.ts';

const OPEN = OPEN_STATES.map((state) => `'${state}'`).join(', ');
const OVER = "status NOT IN ('waiting', 'running') AND created_at < ?";

/** Approvals and runs that are over. What is open stays, however old it is. */
export class SqlPast implements Past {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async prune(before: number): Promise<number> {
    const values = [before];
    const [approvals = [], , runs = []] = await this.#sql.batch([
      { sql: `DELETE FROM approvals WHERE state NOT IN (${OPEN}) AND created_at < ? RETURNING id`, values },
      { sql: `DELETE FROM run_events WHERE run IN (SELECT run FROM runs WHERE ${OVER})`, values },
      { sql: `DELETE FROM runs WHERE ${OVER} RETURNING run`, values },
    ]);
    return approvals.length + runs.length;
  }
}
