import type { Dialect } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { stringAt } from '../../shared/kernel/json.ts';
import { knownKind } from '../../shared/policy/kinds.ts';

/** Prometheus answers errors as `{ "status": "error", "errorType": "bad_data", "error": "..." }`, Alertmanager v2 as a plain string. */
export const DIALECT: Dialect = {
  messageOf: (body) => (typeof body === 'string' ? body : (stringAt(body, 'error') ?? stringAt(body, 'message'))),
  explain: tooMuch,
};

const NARROW = 'Ask for less: a shorter time, a longer step, fewer series by labels, or an aggregate.';

/** Its limits on one query (--query.timeout, --query.max-samples): the question is too large, and nothing is broken. */
function tooMuch(status: number, message: string): OpsError | undefined {
  if (status === 503 && /timed out|canceled/.test(message))
    return new OpsError('timeout', `Prometheus gave the query up: ${message}.`, NARROW);
  if (status === 422 && /too many samples/.test(message))
    return new OpsError('too_large', `Prometheus gave the query up: ${message}.`, NARROW);
  return undefined;
}

export const METRIC = knownKind('metrics.prometheus');
export const ALERT = knownKind('alerts.prometheus');
export const RULE = knownKind('rules.prometheus');
export const TARGET = knownKind('targets.prometheus');
export const SILENCE = knownKind('silences.prometheus');
