import type { Dialect } from '../../shared/http/rest.ts';
import { stringAt } from '../../shared/kernel/json.ts';

/** Prometheus answers errors as `{ "status": "error", "errorType": "bad_data", "error": "..." }`, Alertmanager v2 as a plain string. */
export const DIALECT: Dialect = {
  messageOf: (body) => (typeof body === 'string' ? body : (stringAt(body, 'error') ?? stringAt(body, 'message'))),
};
