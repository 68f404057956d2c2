import { setImmediate } from 'node:timers/promises';
import { CHAIN_START } from '../../audit/record.ts';
import { iso } from '../../kernel/clock.ts';
import type { ChainState } from '../ports.ts';
import { numberOf, type Row, type Sql, type Statement, textOf } from './sql.ts';

const TOUCH = `INSERT INTO chains (writer, version, checked, pruned, records, last_at) VALUES (?, 1, 0, 0, 0, 0)
  ON CONFLICT (writer) DO UPDATE SET version = chains.version + 1`;

/** The first record of a writer that was changed, or that does not follow the one before. */
const BROKEN = `SELECT min(seq) FROM (
    SELECT seq, prev, sound, lag(seq, 1, chains.pruned) OVER w AS before, lag(hash) OVER w AS head
    FROM actions WHERE actions.writer = chains.writer WINDOW w AS (ORDER BY seq, id)
  ) AS links
  WHERE sound = 0 OR seq <> before + 1 OR prev <> head OR (head IS NULL AND seq = 1 AND prev <> '${CHAIN_START}')`;

const CHECK = `SELECT version, (${BROKEN}) AS broken_at,
    (SELECT count(*) FROM actions WHERE actions.writer = chains.writer) AS records,
    coalesce((SELECT at FROM actions WHERE actions.writer = chains.writer ORDER BY seq DESC LIMIT 1), 0) AS last_at
  FROM chains WHERE writer = ?`;

/** Not where a record has come in meanwhile. */
const CHECKED = `UPDATE chains SET checked = version, broken_at = ?, records = ?, last_at = ?
  WHERE writer = ? AND version = ?`;

/** A record of this writer has come in: its chain has to be looked at anew. */
export function touched(writer: string): Statement {
  return { sql: TOUCH, values: [writer] };
}

/** The newest first. Each chain is worked out once after each change of it. */
export async function chainStates(sql: Sql): Promise<readonly ChainState[]> {
  const states: ChainState[] = [];
  for (const row of await sql.query('SELECT * FROM chains')) {
    const writer = textOf(row, 'writer');
    const isNews = row.version !== row.checked;
    const state = stateOf(writer, isNews ? await check(sql, writer) : row);
    if (state.records > 0) states.push(state);
    // After a long outage there are many: others come in between.
    if (isNews) await setImmediate();
  }
  return states.toSorted((a, b) => (a.lastAt === b.lastAt ? 0 : a.lastAt > b.lastAt ? -1 : 1));
}

/** Works out the state of one chain, and keeps it. */
async function check(sql: Sql, writer: string): Promise<Row | undefined> {
  const [row] = await sql.query(CHECK, writer);
  const { broken_at } = row ?? {};
  const values = [typeof broken_at === 'number' ? broken_at : null, numberOf(row, 'records'), numberOf(row, 'last_at')];
  // What cannot be kept, as on a full disk, is worked out anew: a read goes on.
  await sql.query(CHECKED, ...values, writer, numberOf(row, 'version')).catch(() => []);
  return row;
}

function stateOf(writer: string, row: Row | undefined): ChainState {
  const { broken_at: brokenAt } = row ?? {};
  return {
    writer,
    records: numberOf(row, 'records'),
    lastAt: iso(numberOf(row, 'last_at')),
    ...(typeof brokenAt === 'number' && { brokenAt }),
  };
}
