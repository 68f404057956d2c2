import { path } from '../../shared/http/path.ts';
import type { Dialect } from '../../shared/http/rest.ts';
import { stringAt } from '../../shared/kernel/json.ts';
import { knownKind } from '../../shared/policy/kinds.ts';

/** Gitea and Forgejo answer errors as `{ "message": "...", "url": "..." }`. */
export const DIALECT: Dialect = { messageOf: (body) => stringAt(body, 'message') };

export const REPOSITORY = knownKind('repositories.gitea');
export const FILE = knownKind('files.gitea');
export const BRANCH = knownKind('branches.gitea');
export const COMMIT = knownKind('commits.gitea');
export const PULL = knownKind('pullrequests.gitea');
export const SECRET = knownKind('secrets');

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
