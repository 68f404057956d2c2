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
