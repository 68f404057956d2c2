import type Database from 'better-sqlite3';
import { isObject } from '../../kernel/json.ts';
import { guarded, statements } from '../../store/sqlite-file.ts';
import type { Row, Sql, Statement, Value } from '../sql/sql.ts';

/** What errors call it. */
export const WHAT = 'data of the dashboard';

/** One open file. It answers at once, in the thread that asks. */
export class SqliteSql implements Sql {
  readonly #db: Database.Database;
  readonly #file: string;
  readonly #prepare: (sql: string) => Database.Statement;

  constructor(db: Database.Database, file: string) {
    this.#db = db;
    this.#file = file;
    this.#prepare = statements(db);
  }

  async query(sql: string, ...values: readonly Value[]): Promise<readonly Row[]> {
    const verb = sql.startsWith('SELECT') ? 'read' : 'written';
    return guarded(WHAT, this.#file, verb, () => rowsOf(this.#prepare(sql), values));
  }

  async batch(all: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    const run = () => all.map(({ sql, values = [] }) => rowsOf(this.#prepare(sql), values));
    // Immediate: the lock is taken before the first look.
    return guarded(WHAT, this.#file, 'written', () => this.#db.transaction(run).immediate());
  }
}

function rowsOf(statement: Database.Statement, values: readonly Value[]): readonly Row[] {
  if (statement.reader) return statement.all(...values).filter(isObject);
  statement.run(...values);
  return [];
}
