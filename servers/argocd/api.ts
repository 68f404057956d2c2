import type { Dialect } from '../../shared/http/rest.ts';
import { stringAt } from '../../shared/kernel/json.ts';
import { knownKind } from '../../shared/policy/kinds.ts';

/** Argo CD answers errors as gRPC does: `{ "error": "...", "code": 5, "message": "..." }`. */
export const DIALECT: Dialect = {
  messageOf: (body) => stringAt(body, 'message') ?? stringAt(body, 'error'),
  // What a source holds, without making an application of it.
  readsByPost: /^\/api\/v1\/repositories\/[^/]+\/appdetails$/,
};

export const APPLICATION = knownKind('applications.argoproj.io');
export const PROJECT = knownKind('appprojects.argoproj.io');
export const REPOSITORY = knownKind('repositories');
export const CLUSTER = knownKind('clusters.argocd');

/** As Git shortens a commit; a tag, a branch or a chart's version stays. */
export function short(revision: string): string {
  return /^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 10) : revision;
}
