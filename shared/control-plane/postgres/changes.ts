import { Client } from 'pg';
import type { Changes, Topic } from '../ports.ts';
import { CHANNEL } from './schema.ts';
import { clientConfig } from './sql.ts';

const TOPICS: readonly Topic[] = ['approvals', 'actions', 'runs', 'inbox', 'status', 'workflows'];

/** Milliseconds: the first pause before connecting anew, the longest, and between looks at a silent connection. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;
const HEARTBEAT = 30_000;

/** Hears what any replica has changed. A connection that breaks is made anew, and then everything may have changed. */
export class PostgresChanges implements Changes {
  readonly #url: string;
  readonly #listeners = new Set<(topic: Topic) => void>();
  #client: Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pause = FIRST_PAUSE;
  #closed = false;

  constructor(url: string) {
    this.#url = url;
  }

  /** Resolves when it hears. */
  async open(): Promise<void> {
    const client = new Client(clientConfig(this.#url));
    // What breaks ends, and the end is what counts.
    client.on('error', () => undefined);
    client.on('notification', ({ payload }) => this.#tell(TOPICS.filter((topic) => topic === payload)));
    await client.connect();
    await client.query(`LISTEN ${CHANNEL}`);
    this.#client = client;
    this.#pause = FIRST_PAUSE;
    const heartbeat = setInterval(() => client.query('SELECT 1').catch(lost), HEARTBEAT).unref();
    const lost = () => {
      clearInterval(heartbeat);
      if (this.#client !== client) return;
      this.#client = undefined;
      client.end().catch(() => undefined);
      this.#reconnect();
    };
    client.on('end', lost);
    if (this.#closed) await this.close();
  }

  subscribe(listener: (topic: Topic) => void): () => void {
    const own = (topic: Topic) => listener(topic);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#client?.end().catch(() => undefined);
  }

  #reconnect(): void {
    if (this.#closed) return;
    // Of replicas that have lost the same server, not all come back in the same moment.
    const pause = this.#pause * (0.5 + Math.random());
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    const again = () => {
      this.open().then(
        () => this.#tell(TOPICS),
        () => this.#reconnect(),
      );
    };
    this.#timer = setTimeout(again, pause).unref();
  }

  #tell(topics: readonly Topic[]): void {
    for (const topic of topics) for (const listener of this.#listeners) listener(topic);
  }
}
