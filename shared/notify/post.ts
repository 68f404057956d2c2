import * as http from 'node:http';
import * as https from 'node:https';
import consumers from 'node:stream/consumers';
import type { Backend } from '../http/backend.ts';
import { failure, type Limits } from '../http/failure.ts';
import { parseJson } from '../kernel/json.ts';

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The parsed text; undefined where it is no JSON. */
  readonly json: unknown;
  /** The header of this name. */
  readonly retryAfter: string | undefined;
}

/** Milliseconds: a service that takes longer is asked again later. */
const LIMITS: Limits = { idle: 10_000, total: 20_000 };

/** Far more than any service answers. */
const MAX_BYTES = 64 * 1024;

/**
 * One POST of JSON, over a connection of its own: messages are rare. It is never sent a second time by itself, and a
 * redirect is never followed. Throws an `OpsError` that names the host alone: the path holds a secret.
 */
export async function post(backend: Backend, path: string, body: unknown): Promise<Answer> {
  const late = AbortSignal.timeout(LIMITS.total);
  const never = new AbortController().signal;
  try {
    return await attempt(backend, path, JSON.stringify(body), late);
  } catch (error) {
    throw failure(backend, never, late, LIMITS, error);
  }
}

async function attempt(backend: Backend, path: string, body: string, signal: AbortSignal): Promise<Answer> {
  const options = requestOptions(backend, path, await backend.options(true));
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const { request } = backend.server.protocol === 'http:' ? http : https;
  const outgoing = request({ ...options, signal }, resolve);
  outgoing.on('error', reject);
  outgoing.on('timeout', () => outgoing.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })));
  // Node adds the length, since the whole body is there at the end.
  outgoing.end(body);
  const incoming = await promise;
  const text = await consumers.text(capped(incoming));
  return { status: incoming.statusCode ?? 0, text, json: parseJson(text), retryAfter: incoming.headers['retry-after'] };
}

function requestOptions({ server }: Backend, path: string, options: https.RequestOptions): https.RequestOptions {
  return {
    ...options,
    hostname: server.hostname.replace(/^\[|\]$/g, ''),
    port: server.port || (server.protocol === 'http:' ? 80 : 443),
    path: `${server.pathname.replace(/\/$/, '')}${path}` || '/',
    method: 'POST',
    timeout: LIMITS.idle,
    headers: {
      ...options.headers,
      connection: 'close',
      'user-agent': 'k8s-agent-orchestrator',
      'content-type': 'application/json',
    },
  };
}

async function* capped(incoming: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size > MAX_BYTES) return;
    yield chunk;
  }
}
