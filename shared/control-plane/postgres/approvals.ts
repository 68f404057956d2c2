import { type Approval, type ApprovalState, approvalSchema } from '../../approvals/approval.ts';
import type { ApprovalFilter, ApprovalStore } from '../../approvals/store.ts';
import { OpsError } from '../../kernel/errors.ts';
import { type Row, type Sql, textOf } from '../sql/sql.ts';
import { OPEN } from './schema.ts';

const INSERT = `INSERT INTO approvals (id, key, state, created_at, body) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO NOTHING RETURNING id`;

/** Of one that was sent twice, and settled in between, the id is left. */
const FIND = `SELECT body FROM approvals WHERE (key = ? AND state IN (${OPEN})) OR id = ?
  ORDER BY state IN (${OPEN}) DESC LIMIT 1`;

/** How often an open one may be settled between our insert and our look. */
const ATTEMPTS = 10;

/** Approvals in PostgreSQL. */
export class PostgresApprovalStore implements ApprovalStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async open(approval: Approval): Promise<Approval> {
    const { id, key, state, createdAt } = approval;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const inserted = await this.#sql.query(INSERT, id, key, state, createdAt, JSON.stringify(approval));
      if (inserted.length === 1) return approval;
      const [found] = await this.#sql.query(FIND, key, id);
      if (found !== undefined) return parse(found);
    }
    throw new OpsError('conflict', `Approval ${id} is asked for by many at once.`, 'Call again.');
  }

  async get(id: string): Promise<Approval | undefined> {
    const [row] = await this.#sql.query('SELECT body FROM approvals WHERE id = ?', id);
    return row && parse(row);
  }

  async list({ states, limit = 100 }: ApprovalFilter = {}): Promise<readonly Approval[]> {
    const where = states === undefined ? '' : `WHERE state IN (${['NULL', ...states.map(() => '?')].join(', ')})`;
    const select = `SELECT body FROM approvals ${where} ORDER BY created_at DESC, id LIMIT ?`;
    return (await this.#sql.query(select, ...(states ?? []), limit)).map(parse);
  }

  async swap(from: ApprovalState, next: Approval): Promise<boolean> {
    const update = 'UPDATE approvals SET state = ?, body = ? WHERE id = ? AND state = ? RETURNING id';
    return (await this.#sql.query(update, next.state, JSON.stringify(next), next.id, from)).length === 1;
  }
}

function parse(row: Row): Approval {
  return approvalSchema.parse(JSON.parse(textOf(row, 'body')));
}
