import type { IncomingMessage } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { errnoOf } from '../../../shared/kernel/errors.ts';
import { failure, IDLE } from './http-failure.ts';
import type { Connection } from './kubeconfig.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From `apiPath`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: unknown;
  /** Bytes of the answer at most; more is an error, or the end of a log. */
  readonly maxBytes?: number;
  readonly signal: AbortSignal;
}

export interface ApiResponse {
  readonly status: number;
  readonly text: string;
  /** The answer was longer than `maxBytes` and has been cut there. */
  readonly cut: boolean;
  readonly warnings: readonly string[];
}

const MAX_BYTES = 32 * 1024 * 1024;

/** One request over the keep-alive agent. A GET that broke on a stale socket is tried once more; a change never is. */
export async function send(connection: Connection, call: ApiRequest): Promise<ApiResponse> {
  const first = await attempt(connection, call, false).catch((error: unknown) => {
    if (call.method === 'GET' && errnoOf(error) === 'ECONNRESET') return undefined;
    throw failure(connection, call.signal, error);
  });
  if (first !== undefined && first.status !== 401) return first;
  return attempt(connection, call, first?.status === 401).catch((error: unknown) => {
    throw failure(connection, call.signal, error);
  });
}

async function attempt(connection: Connection, call: ApiRequest, renew: boolean): Promise<ApiResponse> {
  const options = await connection.options(renew);
  const { promise, resolve, reject } = Promise.withResolvers<ApiResponse>();
  const outgoing = request(requestOptions(connection, call, options), (incoming) => {
    collect(incoming, call.maxBytes ?? MAX_BYTES).then(resolve, reject);
  });
  outgoing.on('error', reject);
  outgoing.on('timeout', () => outgoing.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })));
  outgoing.end(bodyOf(call));
  return promise;
}

function requestOptions({ server }: Connection, call: ApiRequest, options: RequestOptions): RequestOptions {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(call.query ?? {})) if (value !== undefined) query.set(key, String(value));
  const base = server.pathname.replace(/\/$/, '');
  const search = query.size > 0 ? `?${query}` : '';
  return {
    ...options,
    hostname: server.hostname.replace(/^\[|\]$/g, ''),
    port: server.port || 443,
    path: `${base}${call.path}${search}`,
    method: call.method,
    timeout: IDLE,
    signal: call.signal,
    headers: {
      ...options.headers,
      accept: call.accept ?? 'application/json',
      'user-agent': 'k8s-agent-orchestrator',
      ...bodyHeaders(call),
    },
  };
}

function bodyOf({ body }: ApiRequest): string | undefined {
  return body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
}

/** Node sends a DELETE's body without its length unless told: the server would take it for the next request. */
function bodyHeaders(call: ApiRequest): Record<string, string | number> {
  const body = bodyOf(call);
  if (body === undefined) return {};
  return { 'content-type': call.contentType ?? 'application/json', 'content-length': Buffer.byteLength(body) };
}

/** Reads the body up to a limit. The socket of a cut answer is not reused. */
function collect(incoming: IncomingMessage, maxBytes: number): Promise<ApiResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<ApiResponse>();
  const chunks: Buffer[] = [];
  let size = 0;
  const done = (cut: boolean) => {
    const text = Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
    resolve({ status: incoming.statusCode ?? 0, text, cut, warnings: warningsOf(incoming) });
  };
  incoming.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size <= maxBytes) return;
    done(true);
    incoming.destroy();
  });
  incoming.on('end', () => done(false));
  incoming.on('error', reject);
  return promise;
}

/** The API server's `Warning: 299 - "..."` headers. */
function warningsOf({ headers }: IncomingMessage): readonly string[] {
  const all = headers.warning ?? '';
  return [...all.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replace(/\\(.)/g, '$1'));
}
