import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { type ErrorCode, OpsError } from '../shared/kernel/errors.ts';
import { newId } from '../shared/kernel/ids.ts';
import type { Log } from '../shared/kernel/log.ts';
import { TooMany } from './auth/limits.ts';

const STATUS: Partial<Record<ErrorCode, number>> = {
  invalid_input: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  precondition_failed: 412,
  too_large: 413,
  store_unavailable: 503,
  unreachable: 502,
  timeout: 504,
};

/** What a request that failed is answered: our own words, never a stack and nothing that a store or a library said. */
export function problemFor(error: unknown, log: Log): Response {
  if (error instanceof TooMany) return problem(error, 429, { 'retry-after': `${error.retryAfter}` });
  if (error instanceof OpsError) {
    if (error.cause !== undefined) log(error.message, error);
    return problem(error, STATUS[error.code] ?? 500);
  }
  if (error instanceof HTTPException) return problem(unreadable(), error.status);
  const id = newId('err');
  log(`a request failed inside (${id})`, error);
  return problem(
    new OpsError('internal', 'Something failed inside.', `The log of the dashboard says what: ${id}`),
    500,
  );
}

function problem({ code, message, hint }: OpsError, status: number, headers: Record<string, string> = {}): Response {
  const authenticate = status === 401 ? { 'www-authenticate': 'Bearer' } : {};
  return Response.json({ error: { code, message, hint } }, { status, headers: { ...headers, ...authenticate } });
}

function unreadable(): OpsError {
  return new OpsError('invalid_input', 'The request cannot be read.', 'Send what docs/openapi.gen.json says.');
}

export function tooLarge(limit: number): Response {
  const error = new OpsError('too_large', `The body has more than ${limit} bytes.`, 'Send less at once.');
  // The rest of the body is not read: the connection is of no use any more.
  return problem(error, 413, { connection: 'close' });
}

export function notFound(c: Context): Response {
  const error = new OpsError(
    'not_found',
    'There is nothing at this address.',
    'docs/openapi.gen.json lists the routes.',
  );
  return c.req.path.startsWith('/api/') || !c.req.header('accept')?.includes('text/html')
    ? problem(error, 404)
    : c.html(
        '<!doctype html><title>Not found</title><p>There is nothing at this address. <a href="/">Back</a></p>',
        404,
      );
}
