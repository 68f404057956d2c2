import { digest } from '../../kernel/digest.ts';
import { newId } from '../../kernel/ids.ts';
import type { Json } from '../../kernel/json.ts';
import type { Alert } from '../../workflow/events.ts';
import type { Inbox, InboxEntry } from '../ports.ts';
import { inboxEntrySchema } from '../schemas.ts';
import { numberOf, type Row, type Sql, type Statement, textOf } from './sql.ts';

const WAITING = 'acknowledged IS NULL OR acknowledged < version';

const INSERT = `INSERT INTO inbox (id, key, version, received_at, updated_at, resolved, seen, body)
  VALUES (?, ?, 1, ?, ?, ?, 1, ?)`;

/** Only the first resolve is news; whatever comes after it, and whatever repeats, only counts. */
const RECEIVE = `${INSERT} ON CONFLICT (key) DO UPDATE SET
  seen = inbox.seen + 1,
  version = CASE WHEN excluded.resolved > inbox.resolved THEN inbox.version + 1 ELSE inbox.version END,
  updated_at = CASE WHEN excluded.resolved > inbox.resolved THEN excluded.updated_at ELSE inbox.updated_at END,
  body = CASE WHEN excluded.resolved > inbox.resolved THEN excluded.body ELSE inbox.body END,
  resolved = CASE WHEN excluded.resolved > inbox.resolved THEN excluded.resolved ELSE inbox.resolved END
  RETURNING *`;

/** What came in from outside, in a database. */
export class SqlInbox implements Inbox {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async receive(groupKey: string, alerts: readonly Alert[], now: number): Promise<readonly InboxEntry[]> {
    const keyed = alerts.map((alert) => ({ alert, key: keyOf(alert) }));
    // In the order of their keys: two replicas that take the same alerts do not wait for each other.
    const ordered = keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1));
    const rows = (await this.#sql.batch(ordered.map(({ alert, key }) => received(groupKey, alert, key, now)))).flat();
    // The last of several with one key says what has become of it.
    const byKey = new Map(rows.map((row) => [textOf(row, 'key'), entryOf(row)]));
    return keyed.flatMap(({ key }) => byKey.get(key) ?? []);
  }

  async trigger(
    manual: { readonly workflow: string; readonly inputs: Readonly<Record<string, Json>>; readonly by: string },
    now: number,
  ): Promise<InboxEntry> {
    const id = newId('in');
    const body = JSON.stringify({ kind: 'manual', ...manual });
    const [row = {}] = await this.#sql.query(`${INSERT} RETURNING *`, id, id, now, now, 0, body);
    return entryOf(row);
  }

  async waiting(limit = 100): Promise<readonly InboxEntry[]> {
    const select = `SELECT * FROM inbox WHERE ${WAITING} ORDER BY received_at, id LIMIT ?`;
    return (await this.#sql.query(select, limit)).map(entryOf);
  }

  async list(limit = 100): Promise<readonly InboxEntry[]> {
    return (await this.#sql.query('SELECT * FROM inbox ORDER BY updated_at DESC, id LIMIT ?', limit)).map(entryOf);
  }

  async acknowledge(id: string, version: number, run?: string): Promise<boolean> {
    const update = `UPDATE inbox SET acknowledged = ?, run = coalesce(?, run)
      WHERE id = ? AND version = ? RETURNING id`;
    return (await this.#sql.query(update, version, run ?? null, id, version)).length === 1;
  }

  /** What nobody has taken in goes, too: a daemon that was away for so long has no use for it. */
  async prune(before: number): Promise<number> {
    return (await this.#sql.query('DELETE FROM inbox WHERE updated_at < ? RETURNING id', before)).length;
  }
}

function received(groupKey: string, alert: Alert, key: string, now: number): Statement {
  const body = JSON.stringify({ kind: 'alert', alert, groupKey });
  const resolved = alert.status === 'resolved' ? 1 : 0;
  return { sql: RECEIVE, values: [newId('in'), key, now, now, resolved, body] };
}

/** Alertmanager's fingerprint is a hash of the labels. */
function keyOf({ fingerprint, labels, startsAt }: Alert): string {
  return digest([fingerprint || labels, startsAt]);
}

function entryOf(row: Row): InboxEntry {
  const { acknowledged, run } = row;
  return inboxEntrySchema.parse({
    id: textOf(row, 'id'),
    version: numberOf(row, 'version'),
    receivedAt: numberOf(row, 'received_at'),
    updatedAt: numberOf(row, 'updated_at'),
    body: JSON.parse(textOf(row, 'body')),
    seen: numberOf(row, 'seen'),
    ...(acknowledged !== null && { acknowledged }),
    ...(run !== null && { run }),
  });
}
