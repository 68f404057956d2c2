import type { Dialect } from '../../shared/http/rest.ts';
import type { Kind } from '../../shared/kernel/action.ts';
import { stringAt } from '../../shared/kernel/json.ts';
import { findKind } from '../../shared/policy/kinds.ts';

/** Gitea and Forgejo answer errors as `{ "message": "...", "url": "..." }`. */
export const DIALECT: Dialect = { messageOf: (body) => stringAt(body, 'message') };

export const REPOSITORY: Kind = kindOf('repositories.gitea');

function kindOf(name: string): Kind {
  const kind = findKind(name);
  if (kind === undefined) throw new Error(`shared/policy/kinds.ts lacks ${name}`);
  return kind;
}
