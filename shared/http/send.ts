import type { IncomingMessage } from 'node:http';
import * as http from 'node:http';
import * as https from 'node:https';
import { errnoOf } from '../kernel/errors.ts';
import type { Endpoint } from './endpoint.ts';
import { failure, LIMITS, type Limits } from './failure.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the endpoint's address, encoded. */
  readonly path: string;
  readonly query?: Query;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: unknown;
  /** Bytes of the answer at most; more is an error, or the end of a log. */
  readonly maxBytes?: number;
  readonly limits?: Limits;
  readonly signal: AbortSignal;
}

/** A list stands for a key that is there several times. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface HttpResponse {
  readonly status: number;
  readonly text: string;
  /** The answer was longer than `maxBytes` and has been cut there. */
  readonly cut: boolean;
  readonly warnings: readonly string[];
  /** Where a redirect points: it is never followed, since the credentials would go with it. */
  readonly location?: string | undefined;
}

const MAX_BYTES = 32 * 1024 * 1024;

/** One request over the keep-alive agent. A GET that broke on a stale socket is tried once more; a change never is. */
export async function send(endpoint: Endpoint, call: HttpRequest): Promise<HttpResponse> {
  const { limits = LIMITS } = call;
  const late = AbortSignal.timeout(limits.total);
  const bounded = { ...call, signal: AbortSignal.any([call.signal, late]) };
  const problem = (error: unknown) => failure(endpoint, call.signal, late, limits, error);
  const first = await attempt(endpoint, bounded, false).catch((error: unknown) => {
    if (call.method === 'GET' && errnoOf(error) === 'ECONNRESET') return undefined;
    throw problem(error);
  });
  if (first !== undefined && first.status !== 401) return first;
  return attempt(endpoint, bounded, first?.status === 401).catch((error: unknown) => {
    throw problem(error);
  });
}

async function attempt(endpoint: Endpoint, call: HttpRequest, renew: boolean): Promise<HttpResponse> {
  const options = await endpoint.options(renew);
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
  const { request } = endpoint.server.protocol === 'http:' ? http : https;
  const outgoing = request(requestOptions(endpoint, call, options), (incoming) => {
    collect(incoming, call.maxBytes ?? MAX_BYTES).then(resolve, reject);
  });
  outgoing.on('error', reject);
  outgoing.on('timeout', () => outgoing.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })));
  outgoing.end(bodyOf(call));
  return promise;
}

function requestOptions({ server }: Endpoint, call: HttpRequest, options: https.RequestOptions): https.RequestOptions {
  const base = server.pathname.replace(/\/$/, '');
  return {
    ...options,
    hostname: server.hostname.replace(/^\[|\]$/g, ''),
    port: server.port || (server.protocol === 'http:' ? 80 : 443),
    path: `${base}${call.path}${search(call.query)}`,
    method: call.method,
    timeout: (call.limits ?? LIMITS).idle,
    signal: call.signal,
    headers: {
      ...options.headers,
      accept: call.accept ?? 'application/json',
      'user-agent': 'k8s-agent-orchestrator',
      ...bodyHeaders(call),
    },
  };
}

function search(query: Query = {}): string {
  const all = new URLSearchParams();
  for (const [key, value] of Object.entries(query))
    for (const one of [value ?? []].flat()) all.append(key, String(one));
  return all.size > 0 ? `?${all}` : '';
}

function bodyOf({ body }: HttpRequest): string | undefined {
  return body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
}

/** Node sends a DELETE's body without its length unless told: the server would take it for the next request. */
function bodyHeaders(call: HttpRequest): Record<string, string | number> {
  const body = bodyOf(call);
  if (body === undefined && call.method === 'GET') return {};
  // Argo CD refuses a change without a type (415), even one without a body.
  return { 'content-type': call.contentType ?? 'application/json', 'content-length': Buffer.byteLength(body ?? '') };
}

/** Reads the body up to a limit. The socket of a cut answer is not reused. */
function collect(incoming: IncomingMessage, maxBytes: number): Promise<HttpResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
  const chunks: Buffer[] = [];
  let size = 0;
  const done = (cut: boolean) => {
    const text = Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
    const { location } = incoming.headers;
    resolve({ status: incoming.statusCode ?? 0, text, cut, warnings: warningsOf(incoming), location });
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

/** Kubernetes' `Warning: 299 - "..."` headers. */
function warningsOf({ headers }: IncomingMessage): readonly string[] {
  const all = headers.warning ?? '';
  return [...all.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replace(/\\(.)/g, '$1'));
}
