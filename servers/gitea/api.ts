import { path } from '../../shared/http/path.ts';
import type { Dialect } from '../../shared/http/rest.ts';
import type { Kind } from '../../shared/kernel/action.ts';
import { stringAt } from '../../shared/kernel/json.ts';
import { findKind } from '../../shared/policy/kinds.ts';

/** Gitea and Forgejo answer errors as `{ "message": "...", "url": "..." }`. */
export const DIALECT: Dialect = { messageOf: (body) => stringAt(body, 'message') };

export const REPOSITORY = kindOf('repositories.gitea');
export const FILE = kindOf('files.gitea');
export const BRANCH = kindOf('branches.gitea');
export const COMMIT = kindOf('commits.gitea');
export const PULL = kindOf('pullrequests.gitea');
export const SECRET = kindOf('secrets');

function kindOf(name: string): Kind {
  const kind = findKind(name);
  if (kind === undefined) throw new Error(`shared/policy/kinds.ts lacks ${name}`);
  return kind;
}

/** A path below a repository: what comes after it is encoded already. */
export function below(repo: string, rest = ''): string {
  return `${path`/api/v1/repos/${repo.split('/')}`}${rest}`;
}

/** A branch or a file: its slashes stay, each part is a segment. */
export function parts(name: string): readonly string[] {
  return name.split('/');
}

/** As Git shortens it. */
export function short(sha: string): string {
  return sha.slice(0, 10);
}

/** The first line of a commit message. */
export function subject(message: string | undefined): string {
  return message?.split('\n')[0] ?? '';
}
