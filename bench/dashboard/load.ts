import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { Users } from '../../dashboard/auth/users.ts';
import type { AuditRecord } from '../../shared/audit/record.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { iso, systemClock } from '../../shared/kernel/clock.ts';

const LOGIN = { name: 'ada', password: 'correct horse battery' };
const TOOLS = ['get', 'logs', 'scale', 'apply', 'describe', 'delete'] as const;

/** A store with this many records of the audit log, and one person. */
export async function fill(file: string, records: number): Promise<void> {
  const store = openSqlite(file, systemClock);
  const now = systemClock.now();
  for (let begin = 0; begin < records; begin += 500) {
    await store.actions.ship(
      Array.from({ length: 500 }, (_, i) => aRecord(begin + i, now - (records - begin - i) * 20_000)),
    );
  }
  const users = new Users(store.documents, systemClock);
  await users.choose(await users.link({ first: true }), LOGIN);
  await store.close();
}

function aRecord(i: number, at: number): AuditRecord {
  const tool = TOOLS[i % TOOLS.length] ?? 'get';
  return {
    ...{ id: `id-${i}`, at: iso(at), writer: `kubectl-${i % 7}`, seq: Math.floor(i / 7) + 1, prev: '0'.repeat(64) },
    ...{ hash: i.toString(16).padStart(64, '0'), phase: 'outcome', call: `call-${i}`, agent: 'k8s-diagnostician' },
    ...{
      server: 'kubectl',
      tool,
      action: [{ verb: tool, kind: 'Deployment', namespace: 'shop', name: `web-${i % 40}` }],
    },
    ...{ inputs: { kind: 'deploy', name: `web-${i % 40}`, namespace: 'shop', why: 'the pods restart' }, masked: [] },
    ...{ tier: i % 3 === 0 ? 'confirm' : 'safe', rule: '"get" (default)', approval: { type: 'auto' } },
    outcome: { status: i % 50 === 0 ? 'error' : 'ok', message: `Done with web-${i % 40}.`, durationMs: i % 300 },
  };
}

export class Client {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });
  #cookie = '';

  constructor(url: string) {
    this.#url = url;
  }

  async get(path: string): Promise<number> {
    const response = await this.#send(path, 'GET');
    await text(response);
    return response.statusCode ?? 0;
  }

  /** Asks until there is an answer, for a minute at the most. */
  async untilThere(): Promise<void> {
    const end = Date.now() + 60_000;
    for (;;) {
      if ((await this.get('/healthz').catch(() => 0)) === 200) return;
      if (Date.now() > end) throw new Error('the dashboard did not start');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async signIn(): Promise<void> {
    const response = await this.#send('/login', 'POST', new URLSearchParams(LOGIN).toString());
    await text(response);
    this.#cookie = response.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    if (response.statusCode !== 303) throw new Error(`login: ${response.statusCode}`);
  }

  /** Server-sent events: open until the process ends. */
  async listen(): Promise<void> {
    const response = await this.#send('/api/events', 'GET', undefined, new Agent());
    response.on('error', () => {}).resume();
  }

  #send(path: string, method: string, body?: string, agent = this.#agent): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const form = {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(body ?? ''),
    };
    const headers = { cookie: this.#cookie, origin: this.#url, ...(body !== undefined && form) };
    request(this.#url + path, { method, agent, headers })
      .on('response', resolve)
      .on('error', reject)
      .end(body);
    return promise;
  }
}
