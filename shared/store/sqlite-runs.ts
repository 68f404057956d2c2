import type Database from 'better-sqlite3';
import { numberAt, stringAt } from '../kernel/json.ts';
import { eventSchema, type RunEvent } from '../workflow/events.ts';
import { type Appended, type RunFilter, type RunRow, type RunStore, rowSchema } from '../workflow/run-store.ts';
import { guarded, migratePart, openFile, statements } from './sqlite-file.ts';

/** Forward only; each step is one transaction. Counted in a table: `user_version` counts the approvals' steps. */
const STEPS: readonly string[] = [
  `CREATE TABLE runs (
     run TEXT PRIMARY KEY,
     workflow TEXT NOT NULL,
     status TEXT NOT NULL,
     lock TEXT,
     created_at INTEGER NOT NULL,
     body TEXT NOT NULL
   ) STRICT;
   CREATE UNIQUE INDEX runs_lock ON runs (lock) WHERE lock IS NOT NULL;
   CREATE INDEX runs_newest ON runs (created_at DESC);
   CREATE TABLE run_events (
     run TEXT NOT NULL,
     seq INTEGER NOT NULL,
     body TEXT NOT NULL,
     PRIMARY KEY (run, seq)
   ) STRICT, WITHOUT ROWID;`,
  'CREATE INDEX runs_status ON runs (status, created_at DESC);',
];

const UPSERT = `INSERT INTO runs (run, workflow, status, lock, created_at, body) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (run) DO UPDATE SET status = excluded.status, lock = excluded.lock, body = excluded.body`;

export function migrateRuns(db: Database.Database): void {
  migratePart(db, 'runs', STEPS);
}

/** The runs of workflows, in the same SQLite file as the approvals. */
export class SqliteRunStore implements RunStore {
  readonly #db: Database.Database;
  readonly #file: string;
  readonly #prepare: (sql: string) => Database.Statement;

  /** `db` where the file is open already. */
  constructor(file: string, db?: Database.Database) {
    this.#file = file;
    this.#db = db ?? this.#guard('opened', () => openFile(file, migrateRuns));
    this.#prepare = statements(this.#db);
  }

  async append(seq: number, event: RunEvent, row: RunRow): Promise<Appended> {
    return this.#guard('written', () => {
      // Immediate: the lock is taken before the look, so that two processes cannot both append.
      return this.#db.transaction(() => this.#write(seq, event, row)).immediate();
    });
  }

  async read(run: string): Promise<readonly RunEvent[]> {
    return this.#guard('read', () => {
      const rows = this.#prepare('SELECT body FROM run_events WHERE run = ? ORDER BY seq').all(run);
      return rows.map((row) => eventSchema.parse(JSON.parse(stringAt(row, 'body') ?? '')));
    });
  }

  async list({ workflow, statuses, limit = 100 }: RunFilter = {}): Promise<readonly RunRow[]> {
    return this.#guard('read', () => {
      const conditions = [
        ...(workflow === undefined ? [] : ['workflow = ?']),
        ...(statuses === undefined ? [] : [`status IN (${statuses.map(() => '?').join(', ')})`]),
      ];
      const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
      const query = this.#prepare(`SELECT body FROM runs ${where} ORDER BY created_at DESC, run LIMIT ?`);
      const rows = query.all(...(workflow === undefined ? [] : [workflow]), ...(statuses ?? []), limit);
      return rows.map((row) => rowSchema.parse(JSON.parse(stringAt(row, 'body') ?? '')));
    });
  }

  close(): void {
    this.#db.close();
  }

  #write(seq: number, event: RunEvent, row: RunRow): Appended {
    const { run, workflow, status, lock, createdAt } = row;
    const count = this.#prepare('SELECT count(*) AS n FROM run_events WHERE run = ?').get(run);
    if (numberAt(count, 'n') !== seq) return 'taken';
    const holder = this.#prepare('SELECT run FROM runs WHERE lock = ? AND run <> ?').get(lock ?? null, run);
    if (holder !== undefined) return 'locked';
    this.#prepare('INSERT INTO run_events (run, seq, body) VALUES (?, ?, ?)').run(run, seq, JSON.stringify(event));
    this.#prepare(UPSERT).run(run, workflow, status, lock ?? null, createdAt, JSON.stringify(row));
    return 'ok';
  }

  #guard<T>(verb: string, work: () => T): T {
    return guarded('runs', this.#file, verb, work);
  }
}
