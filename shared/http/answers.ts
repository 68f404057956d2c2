import { type ErrorCode, OpsError } from '../kernel/errors.ts';
import { parseJson } from '../kernel/json.ts';
import { oneLine } from '../kernel/text.ts';
import type { Backend } from './backend.ts';
import type { HttpResponse } from './send.ts';

/** What a status means, and what to do about it. */
export function statusFacts(status: number, { name, howToSet }: Backend): readonly [ErrorCode, string] {
  switch (status) {
    case 401:
      return ['unauthorized', `${name} does not accept the credentials. ${howToSet}`];
    case 403:
      return ['unauthorized', `The account of this server has no right to it: a person can grant it in ${name}.`];
    case 404:
      return ['not_found', 'Check the name; list what there is.'];
    case 409:
      return ['conflict', 'It changed meanwhile, or exists already: look at it again, then call again.'];
    case 400:
    case 422:
      return ['rejected_by_backend', 'Correct the request as the message says.'];
    default:
      return status >= 500 || status === 429
        ? ['rejected_by_backend', `${name} has a problem of its own: try again later, and see its log.`]
        : ['rejected_by_backend', `See the log of ${name}.`];
  }
}

/** A redirect is never followed: the credentials would go with it. */
export function redirected({ label, howToSet }: Backend, { status, location }: HttpResponse): OpsError {
  const target = URL.parse(location ?? '')?.origin ?? 'another address';
  return new OpsError(
    'unreachable',
    `${label} sends us to ${oneLine(target, 200)} (HTTP ${status}). Redirects are not followed: the credentials would go with them.`,
    `If that is the right address, set it. ${howToSet}`,
  );
}

/** The JSON of an answer; what is not JSON is an error that shows none of it. */
export function jsonOf({ text, cut }: HttpResponse, { label, howToSet }: Backend, what: string): unknown {
  if (cut) throw new OpsError('too_large', `${what}: the answer of ${label} is too large.`, 'Narrow the question.');
  const value = parseJson(text);
  if (value !== undefined) return value;
  const hint = `Something else may answer there, as a proxy or a sign-in page. ${howToSet}`;
  throw new OpsError('rejected_by_backend', `${what}: the answer of ${label} is not JSON.`, hint);
}
