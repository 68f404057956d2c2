import type { Board } from '../ports.ts';
import { type Status, statusSchema, type WorkflowList, workflowListSchema } from '../status.ts';
import { type Sql, textOf } from './sql.ts';

/** One that is older than what is there comes too late, and is dropped. */
const PUBLISH = `INSERT INTO board (topic, at, body) VALUES (?, ?, ?)
  ON CONFLICT (topic) DO UPDATE SET at = excluded.at, body = excluded.body WHERE excluded.at >= board.at`;

/** The newest of what was published, in a database. */
export class SqlBoard implements Board {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async publishStatus(status: Status): Promise<void> {
    await this.#sql.query(PUBLISH, 'status', status.at, JSON.stringify(status));
  }

  async status(): Promise<Status | undefined> {
    const body = await this.#read('status');
    return body === undefined ? undefined : statusSchema.parse(JSON.parse(body));
  }

  async publishWorkflows(list: WorkflowList): Promise<void> {
    await this.#sql.query(PUBLISH, 'workflows', list.at, JSON.stringify(list));
  }

  async workflows(): Promise<WorkflowList | undefined> {
    const body = await this.#read('workflows');
    return body === undefined ? undefined : workflowListSchema.parse(JSON.parse(body));
  }

  async #read(topic: 'status' | 'workflows'): Promise<string | undefined> {
    const [row] = await this.#sql.query('SELECT body FROM board WHERE topic = ?', topic);
    return row && textOf(row, 'body');
  }
}
