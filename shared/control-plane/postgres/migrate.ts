import type { ClientBase } from 'pg';
import { numberOf, type Row } from '../sql/sql.ts';
import { PARTS } from './schema.ts';

/** Any number, as long as it is always the same: of two replicas that start, one migrates and the other waits. */
const LOCK = 7_223_116_904;

/** Brings the schema up to date, in one transaction: killed in between, nothing has happened. */
export async function migrate(client: ClientBase): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await client.query('CREATE TABLE IF NOT EXISTS parts (part TEXT PRIMARY KEY, version BIGINT NOT NULL)');
    for (const [part, steps] of PARTS) await migratePart(client, part, steps);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function migratePart(client: ClientBase, part: string, steps: readonly string[]): Promise<void> {
  const { rows } = await client.query<Row>('SELECT version FROM parts WHERE part = $1', [part]);
  const done = rows.length === 0 ? 0 : numberOf(rows[0], 'version');
  if (done > steps.length)
    throw new Error(`it was written by a newer version (${part} ${done}, known ${steps.length})`);
  if (done === steps.length) return;
  for (const step of steps.slice(done)) await client.query(step);
  await client.query('INSERT INTO parts VALUES ($1, $2) ON CONFLICT (part) DO UPDATE SET version = excluded.version', [
    part,
    steps.length,
  ]);
}
