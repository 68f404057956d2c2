import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { messageOf, OpsError } from '../kernel/errors.ts';
import { numberAt } from '../kernel/json.ts';

/** Milliseconds to wait for another process that writes. */
const BUSY = 5_000;

/** One SQLite file that all servers, the CLI and the dashboard of one machine share. It is its owner's alone. */
export function openFile(file: string, migrate: (db: Database.Database) => void): Database.Database {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const db = new Database(file, { timeout: BUSY });
  chmodSync(file, 0o600);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  // Immediate: of two processes that find an old file, one migrates it and the other waits.
  db.transaction(() => migrate(db)).immediate();
  return db;
}

/** Brings one part of the file up to date. Forward only; all parts in one transaction, so that it is done or not begun. */
export function migratePart(db: Database.Database, part: string, steps: readonly string[]): void {
  db.exec('CREATE TABLE IF NOT EXISTS parts (part TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT');
  const done = numberAt(db.prepare('SELECT version FROM parts WHERE part = ?').get(part), 'version') ?? 0;
  if (done > steps.length)
    throw new Error(`it was written by a newer version (${part} ${done}, known ${steps.length})`);
  for (const step of steps.slice(done)) db.exec(step);
  const write = 'INSERT INTO parts VALUES (?, ?) ON CONFLICT (part) DO UPDATE SET version = excluded.version';
  if (done < steps.length) db.prepare(write).run(part, steps.length);
}

/** Prepares each statement once. */
export function statements(db: Database.Database): (sql: string) => Database.Statement {
  const known = new Map<string, Database.Statement>();
  return (sql) => {
    const found = known.get(sql) ?? db.prepare(sql);
    known.set(sql, found);
    return found;
  };
}

/** Runs what touches the file; its failures say what of it could not be done, and what a person can do. */
export function guarded<T>(what: string, file: string, verb: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new OpsError(
      'store_unavailable',
      `The ${what} in ${file} cannot be ${verb}: ${messageOf(error)}.`,
      'Free space, fix the permissions of that file, or move a damaged file away (open approvals and runs are lost with it).',
      { cause: error },
    );
  }
}
