import type { Clock } from '../../kernel/clock.ts';
import type { Json } from '../../kernel/json.ts';
import type { Documents } from '../ports.ts';
import { type Row, type Sql, textOf } from './sql.ts';

const ALIVE = '(expires_at IS NULL OR expires_at > ?)';

const PUT = `INSERT INTO documents (kind, key, expires_at, value) VALUES (?, ?, ?, ?)
  ON CONFLICT (kind, key) DO UPDATE SET expires_at = excluded.expires_at, value = excluded.value`;

/** A number in a text, since the column holds the JSON of every other document. */
const COUNT = `INSERT INTO documents (kind, key, expires_at, value) VALUES (?, ?, ?, '1')
  ON CONFLICT (kind, key) DO UPDATE SET
    value = CASE WHEN documents.expires_at <= ? THEN '1' ELSE CAST(CAST(documents.value AS BIGINT) + 1 AS TEXT) END,
    expires_at = CASE WHEN documents.expires_at <= ? THEN excluded.expires_at ELSE documents.expires_at END
  RETURNING value`;

/** The small documents of the login, in a database. */
export class SqlDocuments implements Documents {
  readonly #sql: Sql;
  readonly #clock: Clock;

  constructor(sql: Sql, clock: Clock) {
    this.#sql = sql;
    this.#clock = clock;
  }

  async insert(kind: string, key: string, value: Json, expiresAt?: number): Promise<boolean> {
    const sql = `${PUT} WHERE documents.expires_at <= ? RETURNING key`;
    const values = [kind, key, expiresAt ?? null, JSON.stringify(value)];
    return (await this.#sql.query(sql, ...values, this.#clock.now())).length === 1;
  }

  async put(kind: string, key: string, value: Json, expiresAt?: number): Promise<void> {
    await this.#sql.query(PUT, kind, key, expiresAt ?? null, JSON.stringify(value));
  }

  async get(kind: string, key: string, now: number): Promise<Json | undefined> {
    const select = `SELECT value FROM documents WHERE kind = ? AND key = ? AND ${ALIVE}`;
    return jsonOf(await this.#sql.query(select, kind, key, now));
  }

  async take(kind: string, key: string, now: number): Promise<Json | undefined> {
    const take = `DELETE FROM documents WHERE kind = ? AND key = ? AND ${ALIVE} RETURNING value`;
    return jsonOf(await this.#sql.query(take, kind, key, now));
  }

  async list(kind: string, now: number): Promise<readonly { readonly key: string; readonly value: Json }[]> {
    const rows = await this.#sql.query(
      `SELECT key, value FROM documents WHERE kind = ? AND ${ALIVE} ORDER BY key`,
      kind,
      now,
    );
    return rows.map((row) => ({ key: textOf(row, 'key'), value: JSON.parse(textOf(row, 'value')) }));
  }

  async count(kind: string, key: string, now: number, expiresAt: number): Promise<number> {
    return Number(jsonOf(await this.#sql.query(COUNT, kind, key, expiresAt, now, now)));
  }

  async prune(now: number): Promise<number> {
    return (await this.#sql.query('DELETE FROM documents WHERE expires_at <= ? RETURNING key', now)).length;
  }
}

function jsonOf([row]: readonly Row[]): Json | undefined {
  return row && JSON.parse(textOf(row, 'value'));
}
