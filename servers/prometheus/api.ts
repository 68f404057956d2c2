import type { Dialect } from '../../shared/http/rest.ts';
import type { Kind } from '../../shared/kernel/action.ts';
import { stringAt } from '../../shared/kernel/json.ts';
import { findKind } from '../../shared/policy/kinds.ts';

/** Prometheus answers errors as `{ "status": "error", "errorType": "bad_data", "error": "..." }`, Alertmanager v2 as a plain string. */
export const DIALECT: Dialect = {
  messageOf: (body) => (typeof body === 'string' ? body : (stringAt(body, 'error') ?? stringAt(body, 'message'))),
};

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
