import type { IncomingMessage } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { errnoOf, messageOf, OpsError } from '../../../shared/kernel/errors.ts';
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

/** Milliseconds without a byte. */
const IDLE = 15_000;
const MAX_BYTES = 32 * 1024 * 1024;

/** One request over the keep-alive agent. A GET that broke on a stale socket is tried once more; a change never is. */
export async function send(connection: Connection, call: ApiRequest): Promise<ApiResponse> {
  const first = await attempt(connection, call, false).catch((error: unknown) => {
    if (call.method === 'GET' && errnoOf(error) === 'ECONNRESET') return undefined;
    throw failure(connection, call, error);
  });
  if (first !== undefined && first.status !== 401) return first;
  return attempt(connection, call, first?.status === 401).catch((error: unknown) => {
    throw failure(connection, call, error);
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

const TLS_ERRORS = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL/;

function failure({ server, context }: Connection, { signal }: ApiRequest, error: unknown): OpsError {
  if (error instanceof OpsError) return error;
  const code = errnoOf(error) ?? '';
  const where = `the API server ${server.host} (context ${context})`;
  if (signal.aborted) return stopped(where, signal.reason, error);
  if (code === 'ETIMEDOUT')
    return new OpsError(
      'timeout',
      `No answer from ${where} within ${IDLE / 1000} s.`,
      'Check that the cluster is up, then try again.',
      { cause: error },
    );
  if (TLS_ERRORS.test(code)) {
    return new OpsError(
      'unreachable',
      `The certificate of ${where} is not trusted (${code}).`,
      'Check certificate-authority in the kubeconfig.',
      { cause: error },
    );
  }
  return new OpsError(
    'unreachable',
    `Cannot reach ${where}: ${code || messageOf(error)}.`,
    'Check that the cluster is up and that the kubeconfig names it.',
    { cause: error },
  );
}

function stopped(where: string, reason: unknown, cause: unknown): OpsError {
  const late = reason instanceof DOMException && reason.name === 'TimeoutError';
  return late
    ? new OpsError(
        'timeout',
        `The deadline passed before ${where} answered.`,
        'Look at the target before you try again.',
        { cause },
      )
    : new OpsError('cancelled', 'The call was cancelled by the client.', 'Nothing more was done.', { cause });
}
