import type Database from 'better-sqlite3';
import { type Approval, approvalSchema, OPEN_STATES } from '../approvals/approval.ts';
import type { ApprovalFilter, ApprovalStore } from '../approvals/store.ts';
import { stringAt } from '../kernel/json.ts';
import { guarded, openFile, statements } from './sqlite-file.ts';

const OPEN = OPEN_STATES.map((state) => `'${state}'`).join(', ');

/** Forward only; each step is one transaction. `user_version` says how many have run. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE approvals (
     id TEXT PRIMARY KEY,
     key TEXT NOT NULL,
     state TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     body TEXT NOT NULL
   ) STRICT;
   CREATE UNIQUE INDEX approvals_open ON approvals (key) WHERE state IN (${OPEN});
   CREATE INDEX approvals_newest ON approvals (created_at DESC);`,
  // What is pending is looked for all the time, among all that ever was.
  'CREATE INDEX approvals_state ON approvals (state, created_at DESC);',
];

/** Approvals in the SQLite file of this machine. */
export class SqliteApprovalStore implements ApprovalStore {
  readonly #db: Database.Database;
  readonly #file: string;
  readonly #prepare: (sql: string) => Database.Statement;

  /** `db` where the file is open already. */
  constructor(file: string, db?: Database.Database) {
    this.#file = file;
    this.#db = db ?? this.#guard('opened', () => openFile(file, migrateApprovals));
    this.#prepare = statements(this.#db);
  }

  async open(approval: Approval): Promise<Approval> {
    return this.#guard('written', () => {
      const insert = this.#prepare(
        'INSERT INTO approvals (id, key, state, created_at, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
      );
      // Of one that was sent twice, and settled in between, the id is left.
      const find = this.#prepare(
        `SELECT body FROM approvals WHERE (key = ? AND state IN (${OPEN})) OR id = ? ORDER BY state IN (${OPEN}) DESC`,
      );
      const { id, key, state, createdAt } = approval;
      // Immediate: the lock is taken before the look, so that two processes cannot both insert.
      return this.#db
        .transaction(() => {
          const { changes } = insert.run(id, key, state, createdAt, JSON.stringify(approval));
          return changes === 1 ? approval : parse(find.get(key, id));
        })
        .immediate();
    });
  }

  async get(id: string): Promise<Approval | undefined> {
    return this.#guard('read', () => {
      const row = this.#prepare('SELECT body FROM approvals WHERE id = ?').get(id);
      return row === undefined ? undefined : parse(row);
    });
  }

  async list({ states, limit = 100 }: ApprovalFilter = {}): Promise<readonly Approval[]> {
    return this.#guard('read', () => {
      const where = states === undefined ? '' : `WHERE state IN (${states.map(() => '?').join(', ')})`;
      const rows = this.#prepare(`SELECT body FROM approvals ${where} ORDER BY created_at DESC, id LIMIT ?`);
      return rows.all(...(states ?? []), limit).map(parse);
    });
  }

  async swap(from: Approval['state'], next: Approval): Promise<boolean> {
    return this.#guard('written', () => {
      const update = this.#prepare('UPDATE approvals SET state = ?, body = ? WHERE id = ? AND state = ?');
      return update.run(next.state, JSON.stringify(next), next.id, from).changes === 1;
    });
  }

  close(): void {
    this.#db.close();
  }

  #guard<T>(verb: string, work: () => T): T {
    return guarded('approvals', this.#file, verb, work);
  }
}

export function migrateApprovals(db: Database.Database): void {
  const done = Number(db.pragma('user_version', { simple: true }));
  if (done > MIGRATIONS.length)
    throw new Error(`it was written by a newer version (schema ${done}, known ${MIGRATIONS.length})`);
  for (const step of MIGRATIONS.slice(done)) db.exec(step);
  if (done < MIGRATIONS.length) db.pragma(`user_version = ${MIGRATIONS.length}`);
}

function parse(row: unknown): Approval {
  return approvalSchema.parse(JSON.parse(stringAt(row, 'body') ?? ''));
}
