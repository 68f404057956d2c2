import type { Dialect } from '../../shared/http/rest.ts';
import type { Kind } from '../../shared/kernel/action.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { stringAt } from '../../shared/kernel/json.ts';
import { findKind } from '../../shared/policy/kinds.ts';

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

export const METRIC = kindOf('metrics.prometheus');
export const ALERT = kindOf('alerts.prometheus');
export const RULE = kindOf('rules.prometheus');
export const TARGET = kindOf('targets.prometheus');
export const SILENCE = kindOf('silences.prometheus');

function kindOf(name: string): Kind {
  const kind = findKind(name);
  if (kind === undefined) throw new Error(`shared/policy/kinds.ts lacks ${name}`);
  return kind;
}
