import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { messageOf, OpsError } from '../kernel/errors.ts';

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
