/**
 * Forward only: a step that has been released never changes. BIGINT and TEXT mean the same in SQLite and PostgreSQL.
 * Bodies are JSON in TEXT: JSONB takes no \u0000, which an alert or a log may hold.
 */
export const STEPS: readonly string[] = [
  `CREATE TABLE actions (
     id TEXT PRIMARY KEY,
     at BIGINT NOT NULL,
     writer TEXT NOT NULL,
     seq BIGINT NOT NULL,
     prev TEXT NOT NULL,
     hash TEXT NOT NULL,
     sound BIGINT NOT NULL,
     agent TEXT,
     workflow TEXT,
     run TEXT,
     tier TEXT,
     server TEXT NOT NULL,
     tool TEXT NOT NULL,
     outcome TEXT,
     search TEXT NOT NULL,
     body TEXT NOT NULL
   );
   CREATE INDEX actions_newest ON actions (at, seq, id);
   CREATE INDEX actions_writer ON actions (writer, seq);
   CREATE INDEX actions_agent ON actions (agent, at) WHERE agent IS NOT NULL;
   CREATE INDEX actions_workflow ON actions (workflow, at) WHERE workflow IS NOT NULL;
   CREATE INDEX actions_run ON actions (run, at) WHERE run IS NOT NULL;
   CREATE INDEX actions_tier ON actions (tier, at) WHERE tier IS NOT NULL;
   CREATE INDEX actions_server ON actions (server, at);
   CREATE INDEX actions_tool ON actions (tool, at);
   CREATE INDEX actions_outcome ON actions (outcome, at) WHERE outcome IS NOT NULL;
   CREATE TABLE chains (
     writer TEXT PRIMARY KEY,
     version BIGINT NOT NULL,
     checked BIGINT NOT NULL,
     pruned BIGINT NOT NULL,
     records BIGINT NOT NULL,
     last_at BIGINT NOT NULL,
     broken_at BIGINT
   );
   CREATE TABLE inbox (
     id TEXT PRIMARY KEY,
     key TEXT NOT NULL UNIQUE,
     version BIGINT NOT NULL,
     received_at BIGINT NOT NULL,
     updated_at BIGINT NOT NULL,
     resolved BIGINT NOT NULL,
     seen BIGINT NOT NULL,
     acknowledged BIGINT,
     run TEXT,
     body TEXT NOT NULL
   );
   CREATE INDEX inbox_waiting ON inbox (received_at, id) WHERE acknowledged IS NULL OR acknowledged < version;
   CREATE INDEX inbox_updated ON inbox (updated_at);
   CREATE TABLE board (
     topic TEXT PRIMARY KEY,
     at BIGINT NOT NULL,
     body TEXT NOT NULL
   );
   CREATE TABLE documents (
     kind TEXT NOT NULL,
     key TEXT NOT NULL,
     expires_at BIGINT,
     value TEXT NOT NULL,
     PRIMARY KEY (kind, key)
   );
   CREATE INDEX documents_expired ON documents (expires_at) WHERE expires_at IS NOT NULL;`,
  `CREATE TABLE daemon_state (
     part TEXT NOT NULL,
     key TEXT NOT NULL,
     version BIGINT NOT NULL,
     due BIGINT,
     value TEXT NOT NULL,
     PRIMARY KEY (part, key)
   );
   CREATE INDEX daemon_state_due ON daemon_state (part, due) WHERE due IS NOT NULL;`,
];
