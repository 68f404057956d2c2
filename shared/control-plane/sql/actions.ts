import { setImmediate } from 'node:timers/promises';
import { type AuditRecord, CHAIN_START } from '../../audit/record.ts';
import { iso } from '../../kernel/clock.ts';
import { digest } from '../../kernel/digest.ts';
import type { ActionFilter, ActionLog, ActionPage, ChainState } from '../ports.ts';
import { type Conditions, conditionsOf, cursorOf, type Found, foundIn, positionOf } from './action-query.ts';
import { numberOf, type Sql, type Statement, textOf, type Value } from './sql.ts';

const PAGE = 50;

/** Rows looked through by one statement of a text search, and forgotten by one of a pruning: others come in between. */
const WINDOW = 1_000;

const INSERT = `INSERT INTO actions
  (id, at, writer, seq, prev, hash, sound, agent, workflow, run, tier, server, tool, outcome, search, body)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING RETURNING id`;

const TOUCH = `INSERT INTO chains (writer, stale, pruned, records, last_at) VALUES (?, 1, 0, 0, 0)
  ON CONFLICT (writer) DO UPDATE SET stale = 1`;

/** The first record of a writer that was changed, or that does not follow the one before. */
const BROKEN = `SELECT min(seq) FROM (
    SELECT seq, prev, sound, lag(seq, 1, chains.pruned) OVER w AS before, lag(hash) OVER w AS head
    FROM actions WHERE actions.writer = chains.writer WINDOW w AS (ORDER BY seq, id)
  ) AS links
  WHERE sound = 0 OR seq <> before + 1 OR prev <> head OR (head IS NULL AND seq = 1 AND prev <> '${CHAIN_START}')`;

const CHECK = `UPDATE chains SET broken_at = (${BROKEN}),
  records = (SELECT count(*) FROM actions WHERE actions.writer = chains.writer),
  last_at = coalesce((SELECT max(at) FROM actions WHERE actions.writer = chains.writer), 0)
  WHERE writer = ?`;

const OLDEST = `SELECT id FROM actions WHERE at < ? ORDER BY at, seq, id LIMIT ${WINDOW}`;

/** The records of the audit log in a database. */
export class SqlActionLog implements ActionLog {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async ship(records: readonly AuditRecord[]): Promise<number> {
    // In the order of their ids: two replicas that take the same records do not wait for each other.
    const inserts = records.map(insert).toSorted(byFirstValue);
    const writers = [...new Set(records.map(({ writer }) => writer))].sort();
    const touches = writers.map((writer) => ({ sql: TOUCH, values: [writer] }));
    const rows = await this.#sql.batch([...touches, ...inserts]);
    return rows.slice(touches.length).flat().length;
  }

  /** A text is looked for in windows of rows, so that a search through everything does not hold up the others. */
  async list(filter: ActionFilter = {}): Promise<ActionPage> {
    const { limit = PAGE, text, before } = filter;
    const conditions = conditionsOf(filter);
    const size = text === undefined ? limit + 1 : WINDOW;
    const found: Found[] = [];
    let from = before === undefined ? undefined : cursorOf(before);
    for (;;) {
      const window = await this.#window(conditions, from, size);
      found.push(...foundIn(window));
      if (found.length > limit || window.length < size) break;
      from = positionOf(window.at(-1));
      await setImmediate();
    }
    const records = found.slice(0, limit).map(({ record }) => record);
    const next = found.length > limit ? found[limit - 1]?.cursor : undefined;
    return next === undefined ? { records } : { records, next };
  }

  async chains(): Promise<readonly ChainState[]> {
    const stale = await this.#sql.query('SELECT writer FROM chains WHERE stale = 1 ORDER BY writer');
    for (const row of stale) await this.#check(textOf(row, 'writer'));
    const rows = await this.#sql.query('SELECT * FROM chains WHERE records > 0 ORDER BY last_at DESC, writer');
    return rows.map((row) => ({
      writer: textOf(row, 'writer'),
      records: numberOf(row, 'records'),
      lastAt: iso(numberOf(row, 'last_at')),
      ...(row.broken_at !== null && { brokenAt: numberOf(row, 'broken_at') }),
    }));
  }

  async prune(before: number): Promise<number> {
    let pruned = 0;
    for (;;) {
      const [, gone = []] = await this.#sql.batch([
        {
          // What follows is then expected to follow the last one that was forgotten.
          sql: `UPDATE chains SET stale = 1, pruned = (
              SELECT max(seq) FROM actions WHERE actions.writer = chains.writer AND id IN (${OLDEST}))
            WHERE writer IN (SELECT writer FROM actions WHERE id IN (${OLDEST}))`,
          values: [before, before],
        },
        { sql: `DELETE FROM actions WHERE id IN (${OLDEST}) RETURNING id`, values: [before] },
      ]);
      pruned += gone.length;
      if (gone.length < WINDOW) return pruned;
      await setImmediate();
    }
  }

  /** The mark goes first: whoever adds a record meanwhile waits, and sets it anew. */
  #check(writer: string): Promise<unknown> {
    return this.#sql.batch([
      { sql: 'UPDATE chains SET stale = 0 WHERE writer = ?', values: [writer] },
      { sql: CHECK, values: [writer] },
    ]);
  }

  #window({ clauses, values, match }: Conditions, from: readonly Value[] | undefined, size: number) {
    const all = from === undefined ? clauses : [...clauses, '(at, seq, id) < (?, ?, ?)'];
    const where = all.length === 0 ? '' : `WHERE ${all.join(' AND ')}`;
    const body = match === undefined ? 'body' : "CASE WHEN search LIKE ? ESCAPE '\\' THEN body END AS body";
    return this.#sql.query(
      `SELECT at, seq, id, ${body} FROM actions ${where} ORDER BY at DESC, seq DESC, id DESC LIMIT ?`,
      ...(match === undefined ? [] : [match]),
      ...values,
      ...(from ?? []),
      size,
    );
  }
}

function insert(record: AuditRecord): Statement {
  const { id, at, writer, seq, prev, hash, agent, workflow, run, tier, server, tool, outcome } = record;
  const { hash: _, ...signed } = record;
  const sound = digest(signed) === hash ? 1 : 0;
  const values = [
    ...[id, Date.parse(at), writer, seq, prev, hash, sound],
    ...[agent ?? null, workflow ?? null, run ?? null, tier ?? null, server, tool, outcome?.status ?? null],
    ...[searchable(record), JSON.stringify(record)],
  ];
  return { sql: INSERT, values };
}

/** In lower case, since the two databases do not agree on more than ASCII. PostgreSQL takes no NUL in a text. */
function searchable({ call, server, tool, action, inputs, outcome }: AuditRecord): string {
  const actions = action.map(({ verb, kind, namespace, name }) => [verb, kind, name, namespace].join(' '));
  const text = [call, server, tool, ...actions, JSON.stringify(inputs), outcome?.status, outcome?.message].join(' ');
  return text.replaceAll('\0', '').toLowerCase();
}

function byFirstValue({ values: [a = ''] = [] }: Statement, { values: [b = ''] = [] }: Statement): number {
  return String(a) < String(b) ? -1 : 1;
}
