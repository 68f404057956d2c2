import { OPEN_STATES } from '../../approvals/approval.ts';
import type { Topic } from '../ports.ts';
import { STEPS } from '../sql/schema.ts';

export const CHANNEL = 'k8s_agent_changes';

export const OPEN = OPEN_STATES.map((state) => `'${state}'`).join(', ');

const APPROVALS = [
  `CREATE TABLE approvals (
     id TEXT PRIMARY KEY,
     key TEXT NOT NULL,
     state TEXT NOT NULL,
     created_at BIGINT NOT NULL,
     body TEXT NOT NULL
   );
   CREATE UNIQUE INDEX approvals_open ON approvals (key) WHERE state IN (${OPEN});
   CREATE INDEX approvals_newest ON approvals (created_at DESC);
   CREATE INDEX approvals_state ON approvals (state, created_at DESC);`,
];

const RUNS = [
  `CREATE TABLE runs (
     run TEXT PRIMARY KEY,
     workflow TEXT NOT NULL,
     status TEXT NOT NULL,
     lock TEXT,
     created_at BIGINT NOT NULL,
     body TEXT NOT NULL
   );
   CREATE UNIQUE INDEX runs_lock ON runs (lock) WHERE lock IS NOT NULL;
   CREATE INDEX runs_newest ON runs (created_at DESC);
   CREATE INDEX runs_status ON runs (status, created_at DESC);
   CREATE TABLE run_events (
     run TEXT NOT NULL,
     seq BIGINT NOT NULL,
     body TEXT NOT NULL,
     PRIMARY KEY (run, seq)
   );`,
];

/** A notification goes out with the commit, once for each topic. */
const CHANGES = [
  `CREATE FUNCTION tell_topic() RETURNS trigger LANGUAGE plpgsql AS
     $$ BEGIN PERFORM pg_notify('${CHANNEL}', TG_ARGV[0]); RETURN NULL; END $$;
   CREATE FUNCTION tell_board() RETURNS trigger LANGUAGE plpgsql AS
     $$ BEGIN PERFORM pg_notify('${CHANNEL}', NEW.topic); RETURN NULL; END $$;
   ${(['approvals', 'runs', 'actions', 'inbox'] as const satisfies readonly Topic[])
     .map((topic) => trigger(topic, `tell_topic('${topic}')`))
     .join('\n')}
   ${trigger('board', 'tell_board()')}`,
];

function trigger(table: string, tell: string): string {
  return `CREATE TRIGGER ${table}_tells AFTER INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${tell};`;
}

/** In this order; forward only: a step that has been released never changes. */
export const PARTS: readonly (readonly [part: string, steps: readonly string[]])[] = [
  ['approvals', APPROVALS],
  ['runs', RUNS],
  ['dashboard', STEPS],
  ['changes', CHANGES],
];
