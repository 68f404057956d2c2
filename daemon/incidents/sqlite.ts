import type Database from 'better-sqlite3';
import { numberAt, stringAt } from '../../shared/kernel/json.ts';
import { guarded, migratePart, openFile, statements } from '../../shared/store/sqlite-file.ts';
import { type Effect, effectSchema, type Incident, incidentSchema, type Known, type Taken } from './incident.ts';
import type { IncidentStore } from './store.ts';

const STEPS: readonly string[] = [
  `CREATE TABLE incidents (
     n INTEGER PRIMARY KEY AUTOINCREMENT,
     run TEXT NOT NULL UNIQUE,
     key TEXT NOT NULL,
     news_at INTEGER NOT NULL,
     body TEXT NOT NULL
   ) STRICT;
   CREATE INDEX incidents_newest ON incidents (key, n);
   CREATE TABLE incident_entries (
     entry TEXT PRIMARY KEY,
     run TEXT,
     version INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX incident_entries_run ON incident_entries (run);
   CREATE TABLE incident_effects (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     body TEXT NOT NULL
   ) STRICT;`,
];

const PUT_INCIDENT = `INSERT INTO incidents (run, key, news_at, body) VALUES (?, ?, ?, ?)
  ON CONFLICT (run) DO UPDATE SET news_at = excluded.news_at, body = excluded.body`;
const PUT_ENTRY = `INSERT INTO incident_entries (entry, run, version) VALUES (?, ?, ?)
  ON CONFLICT (entry) DO UPDATE SET run = coalesce(excluded.run, run), version = max(version, excluded.version)
  RETURNING run`;
const PUT_EFFECT = 'INSERT INTO incident_effects (body) VALUES (?)';
const OF_ENTRY = `SELECT incidents.body, incident_entries.version FROM incident_entries
  LEFT JOIN incidents USING (run) WHERE entry = ?`;
const FORGET = 'DELETE FROM incident_entries WHERE run IS NULL OR run NOT IN (SELECT run FROM incidents)';

export function migrateIncidents(db: Database.Database): void {
  migratePart(db, 'incidents', STEPS);
}

/** Incidents in the SQLite file that the daemons of this machine share. */
export class SqliteIncidents implements IncidentStore {
  readonly #db: Database.Database;
  readonly #file: string;
  readonly #prepare: (sql: string) => Database.Statement;

  /** `db` where the file is open already. */
  constructor(file: string, db?: Database.Database) {
    this.#file = file;
    this.#db = db ?? this.#guard('opened', () => openFile(file, migrateIncidents));
    this.#prepare = statements(this.#db);
  }

  async known(entry: string, key: string): Promise<Known> {
    return this.#guard('read', () => this.#known(entry, key));
  }

  async take(entry: string, version: number, key: string, make: (known: Known) => Taken): Promise<string | undefined> {
    const work = () => {
      const { incident, effect } = make(this.#known(entry, key));
      if (incident !== undefined) {
        const { run, newsAt } = incident;
        this.#prepare(PUT_INCIDENT).run(run, incident.key, newsAt, JSON.stringify(incident));
      }
      if (effect !== undefined) this.#prepare(PUT_EFFECT).run(JSON.stringify(effect));
      return stringAt(this.#prepare(PUT_ENTRY).get(entry, incident?.run ?? null, version), 'run');
    };
    // Immediate: the lock is taken before the look, so that two processes cannot both open an incident.
    return this.#guard('written', () => this.#db.transaction(work).immediate());
  }

  async effects(): Promise<readonly { readonly id: number; readonly effect: Effect }[]> {
    const rows = this.#guard('read', () => this.#prepare('SELECT id, body FROM incident_effects ORDER BY id').all());
    return rows.map((row) => ({ id: numberAt(row, 'id') ?? 0, effect: effectSchema.parse(bodyOf(row)) }));
  }

  async done(id: number): Promise<void> {
    this.#guard('written', () => this.#prepare('DELETE FROM incident_effects WHERE id = ?').run(id));
  }

  async ofRun(run: string): Promise<Incident | undefined> {
    const row = this.#guard('read', () => this.#prepare('SELECT body FROM incidents WHERE run = ?').get(run));
    return row === undefined ? undefined : incidentSchema.parse(bodyOf(row));
  }

  async list(limit = 100): Promise<readonly Incident[]> {
    const select = 'SELECT body FROM incidents ORDER BY n DESC LIMIT ?';
    const rows = this.#guard('read', () => this.#prepare(select).all(limit));
    return rows.map((row) => incidentSchema.parse(bodyOf(row)));
  }

  async prune(before: number): Promise<number> {
    const work = () => {
      const { changes } = this.#prepare('DELETE FROM incidents WHERE news_at < ?').run(before);
      this.#prepare(FORGET).run();
      return changes;
    };
    return this.#guard('written', () => this.#db.transaction(work).immediate());
  }

  close(): void {
    this.#db.close();
  }

  #known(entry: string, key: string): Known {
    const own = this.#prepare(OF_ENTRY).get(entry);
    const newest = 'SELECT body FROM incidents WHERE key = ? ORDER BY n DESC LIMIT 1';
    const row = stringAt(own, 'body') === undefined ? this.#prepare(newest).get(key) : own;
    const version = numberAt(own, 'version');
    const incident = row === undefined ? undefined : incidentSchema.parse(bodyOf(row));
    return { ...(incident && { incident }), ...(version !== undefined && { version }) };
  }

  #guard<T>(verb: string, work: () => T): T {
    return guarded('incidents', this.#file, verb, work);
  }
}

function bodyOf(row: unknown): unknown {
  return JSON.parse(stringAt(row, 'body') ?? '');
}
