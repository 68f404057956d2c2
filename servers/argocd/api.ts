import type { Dialect } from '../../shared/http/rest.ts';
import type { Kind } from '../../shared/kernel/action.ts';
import { stringAt } from '../../shared/kernel/json.ts';
import { findKind } from '../../shared/policy/kinds.ts';

/** Argo CD answers errors as gRPC does: `{ "error": "...", "code": 5, "message": "..." }`. */
export const DIALECT: Dialect = {
  messageOf: (body) => stringAt(body, 'message') ?? stringAt(body, 'error'),
  // What a source holds, without making an application of it.
  readsByPost: /^\/api\/v1\/repositories\/[^/]+\/appdetails$/,
};

export const APPLICATION = kindOf('applications.argoproj.io');
export const PROJECT = kindOf('appprojects.argoproj.io');
export const REPOSITORY = kindOf('repositories');
export const CLUSTER = kindOf('clusters.argocd');

function kindOf(name: string): Kind {
  const kind = findKind(name);
  if (kind === undefined) throw new Error(`shared/policy/kinds.ts lacks ${name}`);
  return kind;
}

/** As Git shortens a commit; a tag, a branch or a chart's version stays. */
export function short(revision: string): string {
  return /^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 10) : revision;
}
