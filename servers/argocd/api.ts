import type { Dialect } from '../../shared/http/rest.ts';
import type { Kind } from '../../shared/kernel/action.ts';
import { stringAt } from '../../shared/kernel/json.ts';
import { findKind } from '../../shared/policy/kinds.ts';

/** Argo CD answers errors as gRPC does: `{ "error": "...", "code": 5, "message": "..." }`. */
export const DIALECT: Dialect = { messageOf: (body) => stringAt(body, 'message') ?? stringAt(body, 'error') };

export const APPLICATION: Kind = kindOf('applications.argoproj.io');

function kindOf(name: string): Kind {
  const kind = findKind(name);
  if (kind === undefined) throw new Error(`shared/policy/kinds.ts lacks ${name}`);
  return kind;
}
