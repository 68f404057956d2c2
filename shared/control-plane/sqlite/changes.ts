import { numberAt, stringAt } from '../../kernel/json.ts';
import type { Changes, Topic } from '../ports.ts';

/** Milliseconds between looks at what other processes have written: soon enough for a person who watches. */
const INTERVAL = 250;

/** Each table counts its changes, whoever makes them: the servers of this machine write the same file. */
const TABLES = ['approvals', 'runs', 'actions', 'inbox', 'board'] as const;
const TOPICS = ['approvals', 'runs', 'actions', 'inbox', 'status', 'workflows'] as const satisfies readonly Topic[];

export const CHANGE_STEPS: readonly string[] = [
  `CREATE TABLE changes (topic TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   ${TOPICS.map((topic) => `INSERT INTO changes VALUES ('${topic}', 0);`).join('\n')}
   ${TABLES.flatMap((table) => ['INSERT', 'UPDATE'].map((event) => trigger(table, event))).join('\n')}`,
];

/** The rows of the board are topics themselves. */
function trigger(table: string, event: string): string {
  return `CREATE TRIGGER ${table}_${event.toLowerCase()}_counts AFTER ${event} ON ${table}
    BEGIN UPDATE changes SET n = n + 1 WHERE topic = ${table === 'board' ? 'NEW.topic' : `'${table}'`}; END;`;
}

interface Watched {
  readonly counters: () => readonly unknown[];
  /** Changes with every commit, and costs no read of the file. */
  readonly version: () => string;
}

/** Watches the counters of an SQLite file, for as long as anybody listens. */
export class SqliteChanges implements Changes {
  readonly #watched: Watched;
  readonly #listeners = new Set<(topic: Topic) => void>();
  #timer: NodeJS.Timeout | undefined;
  #version = '';
  #known: ReadonlyMap<string, number> = new Map();

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  subscribe(listener: (topic: Topic) => void): () => void {
    const own = (topic: Topic) => listener(topic);
    this.#listeners.add(own);
    if (this.#timer === undefined) this.#start();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) this.close();
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #start(): void {
    this.#version = this.#watched.version();
    this.#known = this.#read();
    this.#timer = setInterval(() => this.#tryToLook(), INTERVAL).unref();
  }

  /** A file that cannot be read now is looked at again: what has changed is told then, and this process goes on. */
  #tryToLook(): void {
    try {
      this.#look();
    } catch {
      this.#version = '';
    }
  }

  #look(): void {
    const version = this.#watched.version();
    if (version === this.#version) return;
    const known = this.#known;
    this.#known = this.#read();
    this.#version = version;
    for (const topic of TOPICS)
      if (this.#known.get(topic) !== known.get(topic)) for (const listener of this.#listeners) listener(topic);
  }

  #read(): ReadonlyMap<string, number> {
    return new Map(this.#watched.counters().map((row) => [stringAt(row, 'topic') ?? '', numberAt(row, 'n') ?? 0]));
  }
}
