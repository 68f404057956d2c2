import { stringAt } from '../../kernel/json.ts';
import { eventSchema, type RunEvent } from '../../workflow/events.ts';
import { type Appended, type RunFilter, type RunRow, type RunStore, rowSchema } from '../../workflow/run-store.ts';
import { type Sql, textOf } from '../sql/sql.ts';

/** Event and row in one statement: both or neither. Two writers of one number meet at its primary key. */
const APPEND = `WITH event AS (
    INSERT INTO run_events (run, seq, body) SELECT ?::text, ?::bigint, ?::text
    WHERE (SELECT count(*) FROM run_events WHERE run = ?) = ? RETURNING run
  )
  INSERT INTO runs (run, workflow, status, lock, created_at, body)
  SELECT run, ?::text, ?::text, ?::text, ?::bigint, ?::text FROM event
  ON CONFLICT (run) DO UPDATE SET status = excluded.status, lock = excluded.lock, body = excluded.body
  RETURNING run`;

/** The runs of workflows in PostgreSQL. */
export class PostgresRunStore implements RunStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async append(seq: number, event: RunEvent, row: RunRow): Promise<Appended> {
    const { run, workflow, status, lock, createdAt } = row;
    const first = [run, seq, JSON.stringify(event), run, seq];
    const rest = [workflow, status, lock ?? null, createdAt, JSON.stringify(row)];
    try {
      const written = await this.#sql.query(APPEND, ...first, ...rest);
      return written.length === 1 ? 'ok' : 'taken';
    } catch (error) {
      const constraint = error instanceof Error ? stringAt(error.cause, 'constraint') : undefined;
      if (constraint === 'run_events_pkey') return 'taken';
      if (constraint === 'runs_lock') return 'locked';
      throw error;
    }
  }

  async read(run: string): Promise<readonly RunEvent[]> {
    const rows = await this.#sql.query('SELECT body FROM run_events WHERE run = ? ORDER BY seq', run);
    return rows.map((row) => eventSchema.parse(JSON.parse(textOf(row, 'body'))));
  }

  async list({ workflow, statuses, limit = 100 }: RunFilter = {}): Promise<readonly RunRow[]> {
    const conditions = [
      ...(workflow === undefined ? [] : ['workflow = ?']),
      ...(statuses === undefined ? [] : [`status IN (${['NULL', ...statuses.map(() => '?')].join(', ')})`]),
    ];
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const select = `SELECT body FROM runs ${where} ORDER BY created_at DESC, run LIMIT ?`;
    const values = [...(workflow === undefined ? [] : [workflow]), ...(statuses ?? []), limit];
    return (await this.#sql.query(select, ...values)).map((row) => rowSchema.parse(JSON.parse(textOf(row, 'body'))));
  }
}
