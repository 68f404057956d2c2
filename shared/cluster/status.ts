import type { HttpResponse } from '../http/send.ts';
import { type ErrorCode, OpsError } from '../kernel/errors.ts';
import { parseJson, stringAt } from '../kernel/json.ts';
import { maskText } from '../kernel/secrets.ts';
import { oneLine } from '../kernel/text.ts';

const BY_STATUS: Readonly<Record<number, readonly [code: ErrorCode, hint: string]>> = {
  400: ['rejected_by_backend', 'Correct the request as the message says.'],
  401: ['unauthorized', 'The credentials of the kubeconfig are not accepted: sign in again or renew the token.'],
  403: ['unauthorized', 'The user of the kubeconfig has no right to this: a person can grant it by RBAC.'],
  404: ['not_found', 'Check kind, name and namespace; list what there is with `get`.'],
  409: ['conflict', 'The object changed meanwhile, or exists already: look at it again, then call again.'],
  410: ['conflict', 'The list has moved on: start again without `continue`.'],
  422: ['rejected_by_backend', 'Correct the fields that the message names.'],
  429: ['rejected_by_backend', 'The API server is busy, or a PodDisruptionBudget forbids it now: try again later.'],
};

/** Turns an answer that is not 2xx into an error: the API server's own message, made safe. */
export function ensureOk(response: HttpResponse, what: string): HttpResponse {
  if (response.status >= 200 && response.status < 300) return response;
  const [code, hint] = BY_STATUS[response.status] ?? ['rejected_by_backend', 'See the API server and its log.'];
  throw new OpsError(code, `${what}: ${messageFrom(response)} (HTTP ${response.status}).`, hint);
}

/** Whether an error is the API server's answer with this status. */
export function isHttp(error: unknown, status: number): boolean {
  return error instanceof OpsError && error.message.endsWith(`(HTTP ${status}).`);
}

/** A patch that is refused comes back whole, printed by Go: a Secret's new data would stand in the log. */
const ECHO = /Invalid value: "map\[[\s\S]*\]"/g;

function messageFrom({ text, status }: HttpResponse): string {
  const message = stringAt(parseJson(text), 'message');
  return message === undefined
    ? `the API server answered ${status}`
    : oneLine(maskText(message.replace(ECHO, 'Invalid value')), 600).replace(/\.$/, '');
}

/** The JSON of an answer; what is not JSON is an error that shows none of it. */
export function jsonOf({ text, cut }: HttpResponse, what: string): unknown {
  if (cut)
    throw new OpsError(
      'too_large',
      `${what}: the answer is too large.`,
      'Narrow it with a namespace, a selector or a limit.',
    );
  const value = parseJson(text);
  if (value === undefined)
    throw new OpsError(
      'rejected_by_backend',
      `${what}: the answer is not JSON.`,
      'Check that the kubeconfig names an API server and not a proxy.',
    );
  return value;
}
