import { setImmediate } from 'node:timers/promises';
import type { AuditRecord } from '../../audit/record.ts';
import { digest } from '../../kernel/digest.ts';
import type { ActionFilter, ActionLog, ActionPage, ChainState } from '../ports.ts';
import { type Conditions, conditionsOf, cursorOf, type Found, foundIn, positionOf } from './action-query.ts';
import { chainStates, touched } from './chains.ts';
import type { Sql, Statement, Value } from './sql.ts';

const PAGE = 50;

/** Rows looked through by one statement of a text search, and forgotten by one of a pruning: others come in between. */
const WINDOW = 250;

const INSERT = `INSERT INTO actions
  (id, at, writer, seq, prev, hash, sound, agent, workflow, run, tier, server, tool, outcome, search, body)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING RETURNING id`;

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
    const touches = writers.map(touched);
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

  chains(): Promise<readonly ChainState[]> {
    return chainStates(this.#sql);
  }

  async prune(before: number): Promise<number> {
    let pruned = 0;
    for (;;) {
      const [, gone = []] = await this.#sql.batch([
        {
          // What follows is then expected to follow the last one that was forgotten.
          sql: `UPDATE chains SET version = version + 1, pruned = (
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
