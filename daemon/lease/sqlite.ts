import type Database from 'better-sqlite3';
import { numberAt, stringAt } from '../../shared/kernel/json.ts';
import { guarded, migratePart, openFile, statements } from '../../shared/store/sqlite-file.ts';
import type { Lease, Leases } from './lease.ts';

const STEPS: readonly string[] = [
  `CREATE TABLE leases (
     run TEXT PRIMARY KEY,
     owner TEXT,
     token INTEGER NOT NULL,
     expires_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX leases_held ON leases (expires_at) WHERE owner IS NOT NULL;`,
];

/** A row stays when the lease is over: its token must never be given out again. */
const CLAIM = `INSERT INTO leases (run, owner, token, expires_at) VALUES (?, ?, 1, ?)
  ON CONFLICT (run) DO UPDATE SET owner = excluded.owner, token = token + 1, expires_at = excluded.expires_at
  WHERE owner IS NULL OR expires_at <= ?
  RETURNING token`;

const MINE = 'run = ? AND owner = ? AND token = ? AND expires_at > ?';

export function migrateLeases(db: Database.Database): void {
  migratePart(db, 'leases', STEPS);
}

/** Leases in the SQLite file that the daemons of this machine share. */
export class SqliteLeases implements Leases {
  readonly #db: Database.Database;
  readonly #file: string;
  readonly #prepare: (sql: string) => Database.Statement;

  /** `db` where the file is open already. */
  constructor(file: string, db?: Database.Database) {
    this.#file = file;
    this.#db = db ?? this.#guard('opened', () => openFile(file, migrateLeases));
    this.#prepare = statements(this.#db);
  }

  async claim(run: string, owner: string, now: number, life: number): Promise<Lease | undefined> {
    const expiresAt = now + life;
    const row = this.#guard('written', () => this.#prepare(CLAIM).get(run, owner, expiresAt, now));
    const token = numberAt(row, 'token');
    return token === undefined ? undefined : { run, owner, token, expiresAt };
  }

  async renew(lease: Lease, now: number, life: number): Promise<Lease | undefined> {
    const { run, owner, token } = lease;
    const expiresAt = now + life;
    const renew = `UPDATE leases SET expires_at = ? WHERE ${MINE}`;
    const { changes } = this.#guard('written', () => this.#prepare(renew).run(expiresAt, run, owner, token, now));
    return changes === 1 ? { ...lease, expiresAt } : undefined;
  }

  async release({ run, owner, token }: Lease, now: number): Promise<boolean> {
    const release = `UPDATE leases SET owner = NULL WHERE ${MINE}`;
    return this.#guard('written', () => this.#prepare(release).run(run, owner, token, now)).changes === 1;
  }

  async holds({ run, owner, token }: Lease, now: number): Promise<boolean> {
    const find = `SELECT run FROM leases WHERE ${MINE}`;
    return this.#guard('read', () => this.#prepare(find).get(run, owner, token, now)) !== undefined;
  }

  async abandoned(now: number): Promise<readonly string[]> {
    const select = 'SELECT run FROM leases WHERE owner IS NOT NULL AND expires_at <= ? ORDER BY expires_at, run';
    return this.#guard('read', () => this.#prepare(select).all(now)).map((row) => stringAt(row, 'run') ?? '');
  }

  close(): void {
    this.#db.close();
  }

  #guard<T>(verb: string, work: () => T): T {
    return guarded('leases', this.#file, verb, work);
  }
}
