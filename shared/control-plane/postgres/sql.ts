import { type ClientBase, type ClientConfig, DatabaseError, Pool, type PoolConfig, types } from 'pg';
import { errnoOf, messageOf, OpsError } from '../../kernel/errors.ts';
import { oneLine } from '../../kernel/text.ts';
import type { Row, Sql, Statement, Value } from '../sql/sql.ts';

/** Connections of one replica: its requests are short, and a small server has room for few. */
const CONNECTIONS = 5;

/** Milliseconds. */
const CONNECT = 5_000;
const QUERY = 15_000;

/** Two transactions that waited for each other: one of them is told to begin again. */
const BEGIN_AGAIN = ['40001', '40P01'];
const ATTEMPTS = 5;

/** The oid of BIGINT: our numbers are counts and times, which a double holds. */
const INT8 = 20;

export function clientConfig(url: string): ClientConfig {
  return {
    connectionString: url,
    application_name: 'k8s-agent-dashboard',
    connectionTimeoutMillis: CONNECT,
    query_timeout: QUERY,
    keepAlive: true,
    // Compiling our short statements takes longer than running them: pruning 50,000 records took 21 s, and 2 s without.
    options: '-c jit=off',
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === INT8 ? Number : types.getTypeParser(oid, format),
    },
  };
}

/** A pool of connections to one PostgreSQL database. */
export class PostgresSql implements Sql {
  readonly #pool: Pool;
  readonly #where: string;

  constructor(url: string) {
    this.#where = whereOf(url);
    const config: PoolConfig = { ...clientConfig(url), max: CONNECTIONS, idleTimeoutMillis: 30_000 };
    this.#pool = new Pool(config);
    // A connection that breaks while nobody uses it: the pool opens another one.
    this.#pool.on('error', () => undefined);
  }

  async query(sql: string, ...values: readonly Value[]): Promise<readonly Row[]> {
    return this.use('read or written', (client) => rowsOf(client, { sql, values }));
  }

  async batch(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    return this.use('written', (client) => transaction(client, statements));
  }

  /** Runs `work` on a connection of its own; its failures say what could not be done, and never show the address whole. */
  async use<T>(verb: string, work: (client: ClientBase) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#borrow(work);
      } catch (error) {
        if (attempt === ATTEMPTS || !BEGIN_AGAIN.includes(errnoOf(error) ?? '')) throw this.#failure(verb, error);
      }
    }
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  async #borrow<T>(work: (client: ClientBase) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      // What the database itself refused has left the connection as it was.
      client.release(!(error instanceof DatabaseError));
      throw error;
    }
  }

  #failure(verb: string, error: unknown): OpsError {
    const reason = oneLine(messageOf(error) || (errnoOf(error) ?? 'no reason given'), 300);
    return new OpsError(
      'store_unavailable',
      `The database ${this.#where} cannot be ${verb}: ${reason}.`,
      'Check that PostgreSQL runs, has room on its disk, and that DATABASE_URL is right.',
      { cause: error },
    );
  }
}

async function transaction(client: ClientBase, statements: readonly Statement[]): Promise<(readonly Row[])[]> {
  await client.query('BEGIN');
  try {
    const all: (readonly Row[])[] = [];
    for (const statement of statements) all.push(await rowsOf(client, statement));
    await client.query('COMMIT');
    return all;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function rowsOf(client: ClientBase, { sql, values = [] }: Statement): Promise<readonly Row[]> {
  let n = 0;
  const text = sql.replaceAll('?', () => {
    n += 1;
    return `$${n}`;
  });
  return (await client.query<Row>(text, [...values])).rows;
}

/** Host and database alone: the rest of the address may hold a password. */
function whereOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? 'of DATABASE_URL' : `${parsed.pathname.slice(1)} on ${parsed.host}`;
}
