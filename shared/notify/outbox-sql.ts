/**
 * Forward only. `due_at`: from when on somebody wants to know it; `next_at`: when it is tried next. `notify_channels` has
 * the channels that take nothing at the moment.
 */
export const STEPS: readonly string[] = [
  `CREATE TABLE notify_outbox (
     id TEXT NOT NULL,
     channel TEXT NOT NULL,
     state TEXT NOT NULL,
     urgency INTEGER NOT NULL,
     due_at INTEGER NOT NULL,
     next_at INTEGER NOT NULL,
     tried_at INTEGER,
     attempts INTEGER NOT NULL,
     body TEXT NOT NULL,
     PRIMARY KEY (id, channel)
   ) STRICT;
   CREATE INDEX notify_waiting ON notify_outbox (channel, next_at) WHERE state = 'waiting';
   CREATE INDEX notify_tried ON notify_outbox (channel, tried_at);
   CREATE TABLE notify_channels (
     channel TEXT PRIMARY KEY,
     paused_until INTEGER NOT NULL,
     failures INTEGER NOT NULL,
     problem TEXT NOT NULL
   ) STRICT;`,
];

export const DAY = 86_400_000;

export const ADD = `INSERT INTO notify_outbox (id, channel, state, urgency, due_at, next_at, attempts, body)
    VALUES (?, ?, 'waiting', ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING`;

/** Nothing is ever put off for longer than a day: a time beyond that was written before the clock was set back. */
const DUE = `state = 'waiting' AND (next_at <= :now OR next_at > :now + ${DAY})`;

export const MOST_URGENT = `SELECT id, body, attempts FROM notify_outbox WHERE channel = :channel AND ${DUE}
    ORDER BY urgency DESC, due_at, rowid LIMIT 1`;

export const CLAIM = `UPDATE notify_outbox SET attempts = attempts + 1, tried_at = ?, next_at = ?
    WHERE id = ? AND channel = ? AND state = 'waiting' AND attempts = ?`;

export const GIVE_UP = `UPDATE notify_outbox SET state = 'given-up'
    WHERE channel = ? AND state = 'waiting' AND due_at <= ? RETURNING id`;

export const OLDEST_OF_LIMIT = `SELECT tried_at AS at FROM notify_outbox WHERE channel = ? AND tried_at > ? AND tried_at <= ?
    ORDER BY tried_at DESC LIMIT 1 OFFSET ?`;

export const PAUSE = `INSERT INTO notify_channels (channel, paused_until, failures, problem) VALUES (?, ?, ?, ?)
    ON CONFLICT (channel) DO UPDATE SET paused_until = excluded.paused_until,
      failures = excluded.failures, problem = excluded.problem`;
