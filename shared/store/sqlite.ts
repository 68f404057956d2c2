import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { type Approval, approvalSchema, OPEN_STATES } from '../approvals/approval.ts';
import type { ApprovalFilter, ApprovalStore } from '../approvals/store.ts';
import { messageOf, OpsError } from '../kernel/errors.ts';
import { stringAt } from '../kernel/json.ts';

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
];

/** Milliseconds to wait for another process that writes. */
const BUSY = 5_000;

/** One SQLite file that all servers, the CLI and the dashboard of one machine share. */
export class SqliteApprovalStore implements ApprovalStore {
  readonly #db: Database.Database;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    this.#db = this.#guard('opened', () => open(file));
  }

  async open(approval: Approval): Promise<Approval> {
    return this.#guard('written', () => {
      const insert = this.#db.prepare(
        'INSERT INTO approvals (id, key, state, created_at, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
      );
      const find = this.#db.prepare(`SELECT body FROM approvals WHERE key = ? AND state IN (${OPEN})`);
      const { id, key, state, createdAt } = approval;
      // Immediate: the lock is taken before the look, so that two processes cannot both insert.
      return this.#db
        .transaction(() => {
          const { changes } = insert.run(id, key, state, createdAt, JSON.stringify(approval));
          return changes === 1 ? approval : parse(find.get(key));
        })
        .immediate();
    });
  }

  async get(id: string): Promise<Approval | undefined> {
    return this.#guard('read', () => {
      const row = this.#db.prepare('SELECT body FROM approvals WHERE id = ?').get(id);
      return row === undefined ? undefined : parse(row);
    });
  }

  async list({ states, limit = 100 }: ApprovalFilter = {}): Promise<readonly Approval[]> {
    return this.#guard('read', () => {
      const where = states === undefined ? '' : `WHERE state IN (${states.map(() => '?').join(', ')})`;
      const rows = this.#db.prepare(`SELECT body FROM approvals ${where} ORDER BY created_at DESC, id LIMIT ?`);
      return rows.all(...(states ?? []), limit).map(parse);
    });
  }

  async swap(from: Approval['state'], next: Approval): Promise<boolean> {
    return this.#guard('written', () => {
      const update = this.#db.prepare('UPDATE approvals SET state = ?, body = ? WHERE id = ? AND state = ?');
      return update.run(next.state, JSON.stringify(next), next.id, from).changes === 1;
    });
  }

  close(): void {
    this.#db.close();
  }

  #guard<T>(verb: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new OpsError(
        'store_unavailable',
        `The approvals in ${this.#file} cannot be ${verb}: ${messageOf(error)}.`,
        'Free space, fix the permissions of that file, or move a damaged file away (open approvals are lost with it).',
        { cause: error },
      );
    }
  }
}

function open(file: string): Database.Database {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const db = new Database(file, { timeout: BUSY });
  chmodSync(file, 0o600);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  migrate(db);
  return db;
}

function migrate(db: Database.Database): void {
  const migrateAll = db.transaction(() => {
    const done = Number(db.pragma('user_version', { simple: true }));
    if (done > MIGRATIONS.length)
      throw new Error(`it was written by a newer version (schema ${done}, known ${MIGRATIONS.length})`);
    for (const step of MIGRATIONS.slice(done)) db.exec(step);
    if (done < MIGRATIONS.length) db.pragma(`user_version = ${MIGRATIONS.length}`);
  });
  migrateAll.immediate();
}

function parse(row: unknown): Approval {
  return approvalSchema.parse(JSON.parse(stringAt(row, 'body') ?? ''));
}
