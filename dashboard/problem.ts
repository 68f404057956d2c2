import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { type ErrorCode, OpsError } from '../shared/kernel/errors.ts';
import { newId } from '../shared/kernel/ids.ts';
import type { Log } from '../shared/kernel/log.ts';
import { TooMany } from './auth/limits.ts';
import { problemPage } from './views/problem.tsx';

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
export function problemFor(error: unknown, log: Log, c: Context): Response {
  if (error instanceof TooMany) return problem(error, 429, c, { 'retry-after': `${error.retryAfter}` });
  if (error instanceof OpsError) {
    if (error.cause !== undefined) log(error.message, error);
    return problem(error, STATUS[error.code] ?? 500, c);
  }
  if (error instanceof HTTPException) return problem(unreadable(), error.status, c);
  const id = newId('err');
  log(`a request failed inside (${id})`, error);
  const hint = `The log of the dashboard says what: ${id}`;
  return problem(new OpsError('internal', 'Something failed inside.', hint), 500, c);
}

function problem(error: OpsError, status: number, c?: Context, headers: Record<string, string> = {}): Response {
  // A browser that follows a link or sends a form says so; programs and the page script do not.
  if (c?.req.header('accept')?.includes('text/html')) {
    const type = { 'content-type': 'text/html; charset=utf-8' };
    return new Response(problemPage(error), { status, headers: { ...headers, ...type } });
  }
  const { code, message, hint } = error;
  const authenticate = status === 401 ? { 'www-authenticate': 'Bearer' } : {};
  return Response.json({ error: { code, message, hint } }, { status, headers: { ...headers, ...authenticate } });
}

function unreadable(): OpsError {
  return new OpsError('invalid_input', 'The request cannot be read.', 'Send what docs/openapi.gen.json says.');
}

export function tooLarge(limit: number): Response {
  const error = new OpsError('too_large', `The body has more than ${limit} bytes.`, 'Send less at once.');
  return problem(error, 413);
}

export function notFound(c: Context): Response {
  const error = new OpsError(
    'not_found',
    'There is nothing at this address.',
    'docs/openapi.gen.json lists the routes.',
  );
  return problem(error, 404, c);
}
