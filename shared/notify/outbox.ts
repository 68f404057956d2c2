import type Database from 'better-sqlite3';
import { OpsError } from '../kernel/errors.ts';
import { numberAt, parseJson, stringAt } from '../kernel/json.ts';
import { guarded, migratePart, openFile, statements } from '../store/sqlite-file.ts';
import { type Notification, notificationSchema, SEVERITIES } from './notification.ts';
import { ADD, CLAIM, DAY, GIVE_UP, MOST_URGENT, OLDEST_OF_LIMIT, PAUSE, STEPS } from './outbox-sql.ts';
import type { RateLimit } from './services/service.ts';

/** Milliseconds that an id is remembered for, and that a channel's messages are kept for after it left the settings. */
const MEMORY = 30 * DAY;

export interface Waiting {
  readonly notification: Notification;
  readonly attempts: number;
}

/** Why a channel takes nothing at the moment. */
export interface Pause {
  readonly until: number;
  /** In a row. */
  readonly failures: number;
  readonly problem: string;
}

/** Messages on their way, in the SQLite file of this machine. Times are milliseconds since the epoch. */
export class Outbox {
  readonly #db: Database.Database;
  readonly #file: string;
  readonly #prepare: (sql: string) => Database.Statement;

  constructor(file: string) {
    this.#file = file;
    this.#db = this.#guard('opened', () => openFile(file, (db) => migratePart(db, 'notify', STEPS)));
    this.#prepare = statements(this.#db);
  }

  /** On disk when it returns. An id that a channel had before is left as it is. */
  add(notification: Notification, channels: readonly string[], now: number): void {
    // What could not be read back would hold up all that comes after it.
    const { id, severity } = notificationSchema.parse(notification);
    const urgency = SEVERITIES.indexOf(severity);
    this.#guard('written', () =>
      this.#db
        .transaction(() => {
          this.#prepare('DELETE FROM notify_outbox WHERE due_at < ?').run(now - MEMORY);
          for (const channel of channels)
            this.#prepare(ADD).run(id, channel, urgency, now, now, JSON.stringify(notification));
        })
        .immediate(),
    );
  }

  /** What is to be tried now: the most urgent, and of these the oldest. */
  due(channel: string, now: number): Waiting | undefined {
    const row = this.#get(MOST_URGENT, { channel, now });
    if (row === undefined) return undefined;
    const { data: notification } = notificationSchema.safeParse(parseJson(stringAt(row, 'body') ?? ''));
    if (notification === undefined) throw this.#unreadable(channel, stringAt(row, 'id') ?? '');
    return { notification, attempts: numberAt(row, 'attempts') ?? 0 };
  }

  /** Another version wrote it. Given up, so that it holds up nothing else. */
  #unreadable(channel: string, id: string): OpsError {
    this.#write(`UPDATE notify_outbox SET state = 'given-up' WHERE id = ? AND channel = ?`, id, channel);
    const message = `Notification ${id} is not one that this version knows: given up.`;
    return new OpsError('store_unavailable', message, 'Nothing is to be done.');
  }

  /** Takes a message for one try until `next`; false where another process has it. After a crash it is due again then. */
  claim(channel: string, { notification, attempts }: Waiting, now: number, next: number): boolean {
    return this.#write(CLAIM, now, next, notification.id, channel, attempts) === 1;
  }

  delivered(channel: string, id: string): void {
    this.#write(`UPDATE notify_outbox SET state = 'delivered' WHERE id = ? AND channel = ?`, id, channel);
  }

  retry(channel: string, id: string, next: number): void {
    this.#write('UPDATE notify_outbox SET next_at = ? WHERE id = ? AND channel = ?', next, id, channel);
  }

  /** Quiet hours: the day after which it would be given up begins with their end. */
  hold(channel: string, id: string, until: number): void {
    const update = 'UPDATE notify_outbox SET due_at = ?, next_at = ? WHERE id = ? AND channel = ?';
    this.#write(update, until, until, id, channel);
  }

  /** Gives up what has been due since before `before`; says which ones. */
  giveUp(channel: string, before: number): readonly string[] {
    return this.#guard('written', () => this.#prepare(GIVE_UP).all(channel, before)).map(
      (row) => stringAt(row, 'id') ?? '',
    );
  }

  /** When the next message of a channel is due; undefined where none waits. */
  nextAt(channel: string): number | undefined {
    const select = `SELECT min(next_at) AS at FROM notify_outbox WHERE channel = ? AND state = 'waiting'`;
    return numberAt(this.#get(select, channel), 'at');
  }

  waiting(channel: string): number {
    const select = `SELECT count(*) AS n FROM notify_outbox WHERE channel = ? AND state = 'waiting'`;
    return numberAt(this.#get(select, channel), 'n') ?? 0;
  }

  /** From when on a channel's limit allows another try. */
  allowedAt(channel: string, { messages, ms }: RateLimit, now: number): number {
    const oldest = numberAt(this.#get(OLDEST_OF_LIMIT, channel, now - ms, now, messages - 1), 'at');
    return oldest === undefined ? now : oldest + ms;
  }

  pause(channel: string, { until, failures, problem }: Pause): void {
    this.#write(PAUSE, channel, until, failures, problem);
  }

  paused(channel: string): Pause | undefined {
    const row = this.#get('SELECT * FROM notify_channels WHERE channel = ?', channel);
    if (row === undefined) return undefined;
    return {
      until: numberAt(row, 'paused_until') ?? 0,
      failures: numberAt(row, 'failures') ?? 0,
      problem: stringAt(row, 'problem') ?? '',
    };
  }

  resume(channel: string): void {
    this.#write('DELETE FROM notify_channels WHERE channel = ?', channel);
  }

  close(): void {
    this.#db.close();
  }

  #get(sql: string, ...values: readonly unknown[]): unknown {
    return this.#guard('read', () => this.#prepare(sql).get(...values));
  }

  #write(sql: string, ...values: readonly unknown[]): number {
    return this.#guard('written', () => this.#prepare(sql).run(...values).changes);
  }

  #guard<T>(verb: string, work: () => T): T {
    return guarded('notifications', this.#file, verb, work);
  }
}
