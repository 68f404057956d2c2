import { randomInt } from 'node:crypto';
import { OpsError } from '../../kernel/errors.ts';
import type { DaemonContent, DaemonDocument, DaemonState } from '../ports.ts';
import { numberOf, type Row, type Sql, textOf } from './sql.ts';

/** Bytes of a value at most. The dashboard has 64 MiB for everything, and reads some of them at once. */
const MAX_VALUE = 256 * 1024;

/** What SQLite and PostgreSQL can both keep, and an index. */
const PART = /^[a-z][a-z-]{0,39}$/;
const KEY = /^\P{Cc}{1,256}$/u;

const COLUMNS = 'key, version, due, value';
const INSERT = `INSERT INTO daemon_state (part, key, version, due, value) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (part, key) DO NOTHING RETURNING key`;
const UPDATE = `UPDATE daemon_state SET version = version + 1, due = ?, value = ?
  WHERE part = ? AND key = ? AND version = ? RETURNING key`;
const DELETE = 'DELETE FROM daemon_state WHERE part = ? AND key = ? AND version = ? RETURNING key';

/** What daemons share, in a database. */
export class SqlDaemonState implements DaemonState {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async get(part: string, key: string): Promise<DaemonDocument | undefined> {
    demand(part, key);
    const select = `SELECT ${COLUMNS} FROM daemon_state WHERE part = ? AND key = ?`;
    return (await this.#sql.query(select, part, key)).map(documentOf)[0];
  }

  async list(part: string): Promise<readonly DaemonDocument[]> {
    demand(part);
    const select = `SELECT ${COLUMNS} FROM daemon_state WHERE part = ? ORDER BY key`;
    return (await this.#sql.query(select, part)).map(documentOf);
  }

  async due(part: string, by: number): Promise<readonly DaemonDocument[]> {
    demand(part);
    const select = `SELECT ${COLUMNS} FROM daemon_state WHERE part = ? AND due <= ? ORDER BY due, key`;
    return (await this.#sql.query(select, part, by)).map(documentOf);
  }

  async swap(part: string, key: string, version: number, next: DaemonContent | undefined): Promise<boolean> {
    demand(part, key);
    return (await this.#write(part, key, version, next)).length === 1;
  }

  #write(part: string, key: string, version: number, next: DaemonContent | undefined): Promise<readonly Row[]> {
    if (next === undefined) return this.#sql.query(DELETE, part, key, version);
    const [due, value] = [next.due ?? null, textOfValue(part, key, next)];
    if (version > 0) return this.#sql.query(UPDATE, due, value, part, key, version);
    // Anywhere, so that a version that was seen before the document was removed is not taken for one of the new one.
    return this.#sql.query(INSERT, part, key, randomInt(1, 2 ** 47), due, value);
  }
}

function demand(part: string, key?: string): void {
  if (PART.test(part) && (key === undefined || KEY.test(key))) return;
  throw new OpsError(
    'invalid_input',
    `“${part}” with the key “${key?.slice(0, 40) ?? ''}” names no document of the daemons.`,
    'A part has up to 40 small letters and hyphens, a key up to 256 characters and no control characters.',
  );
}

function textOfValue(part: string, key: string, { value }: DaemonContent): string {
  const text = JSON.stringify(value);
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_VALUE) return text;
  throw new OpsError(
    'too_large',
    `What daemons keep of ${key} (${part}) has ${bytes} bytes, and may have ${MAX_VALUE}.`,
    'Keep less in one document.',
  );
}

function documentOf(row: Row): DaemonDocument {
  return {
    key: textOf(row, 'key'),
    version: numberOf(row, 'version'),
    value: JSON.parse(textOf(row, 'value')),
    ...(row.due !== null && { due: numberOf(row, 'due') }),
  };
}
