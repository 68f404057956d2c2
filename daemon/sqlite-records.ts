import type Database from 'better-sqlite3';
import type { z } from 'zod';
import { stringAt } from '../shared/kernel/json.ts';
import { guarded, migratePart, openFile, statements } from '../shared/store/sqlite-file.ts';
import type { Records } from './records.ts';

const STEPS: readonly string[] = [
  `CREATE TABLE daemon_records (
     part TEXT NOT NULL,
     key TEXT NOT NULL,
     body TEXT NOT NULL,
     PRIMARY KEY (part, key)
   ) STRICT, WITHOUT ROWID;`,
];

const PUT = `INSERT INTO daemon_records (part, key, body) VALUES (?, ?, ?)
  ON CONFLICT (part, key) DO UPDATE SET body = excluded.body`;

export function migrateRecords(db: Database.Database): void {
  migratePart(db, 'daemon_records', STEPS);
}

/** Records in the SQLite file of this machine. `part` is what errors call them, and keeps kinds apart. */
export class SqliteRecords<T> implements Records<T> {
  readonly #db: Database.Database;
  readonly #file: string;
  readonly #part: string;
  readonly #schema: z.ZodType<T>;
  readonly #prepare: (sql: string) => Database.Statement;

  /** `db` where the file is open already. */
  constructor(part: string, schema: z.ZodType<T>, file: string, db?: Database.Database) {
    this.#part = part;
    this.#schema = schema;
    this.#file = file;
    this.#db = db ?? this.#guard('opened', () => openFile(file, migrateRecords));
    this.#prepare = statements(this.#db);
  }

  async update(key: string, make: (known: T | undefined) => T): Promise<T> {
    return this.#guard('written', () => {
      // Immediate: the lock is taken before the look, so that two processes cannot both decide.
      return this.#db.transaction(() => this.#write(key, make)).immediate();
    });
  }

  async list(): Promise<readonly { readonly key: string; readonly value: T }[]> {
    return this.#guard('read', () => {
      const rows = this.#prepare('SELECT key, body FROM daemon_records WHERE part = ? ORDER BY key').all(this.#part);
      return rows.map((row) => ({ key: stringAt(row, 'key') ?? '', value: this.#parse(row) }));
    });
  }

  close(): void {
    this.#db.close();
  }

  #write(key: string, make: (known: T | undefined) => T): T {
    const row = this.#prepare('SELECT body FROM daemon_records WHERE part = ? AND key = ?').get(this.#part, key);
    const known = row === undefined ? undefined : this.#parse(row);
    const next = make(known);
    if (next !== known) this.#prepare(PUT).run(this.#part, key, JSON.stringify(next));
    return next;
  }

  #parse(row: unknown): T {
    return this.#schema.parse(JSON.parse(stringAt(row, 'body') ?? ''));
  }

  #guard<R>(verb: string, work: () => R): R {
    return guarded(this.#part, this.#file, verb, work);
  }
}
