import { path } from '../../shared/http/path.ts';
import { isStatus, type Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, isObject, stringAt } from '../../shared/kernel/json.ts';
import { oneLine } from '../../shared/kernel/text.ts';
import { below, short, subject } from './api.ts';

export interface Commit {
  readonly sha: string;
  readonly subject: string;
  readonly author: string;
  readonly date: string;
  readonly parents: readonly string[];
}

export function asCommit(value: unknown): Commit {
  return {
    sha: stringAt(value, 'sha') ?? '',
    subject: oneLine(subject(stringAt(value, 'commit', 'message')), 120),
    author: oneLine(stringAt(value, 'commit', 'author', 'name') ?? '', 60),
    date: stringAt(value, 'commit', 'author', 'date') ?? '',
    parents: arrayAt(value, 'parents').flatMap((parent) => stringAt(parent, 'sha') ?? []),
  };
}

export async function getCommit(gitea: Rest, repo: string, sha: string, signal: AbortSignal): Promise<Commit> {
  const read = {
    path: below(repo, path`/git/commits/${sha}`),
    query: { stat: false, verification: false, files: false },
    what: `commit ${short(sha)} of ${repo}`,
  };
  return gitea.get(read, signal).then(asCommit, (error: unknown) => {
    if (!isStatus(error, 404) && !isStatus(error, 422)) throw error;
    throw new OpsError('not_found', `${repo} has no commit ${short(sha)}.`, 'See list_commits.', { cause: error });
  });
}

/** Commits that `head` has and `base` has not, the newest first. */
export async function commitsBetween(
  gitea: Rest,
  repo: string,
  base: string,
  head: string,
  signal: AbortSignal,
): Promise<readonly Commit[]> {
  const between = encodeURIComponent(`${base}...${head}`);
  const query = { verification: false, files: false };
  const read = { path: below(repo, `/compare/${between}`), query, what: `${base}...${head} in ${repo}` };
  const compared = await gitea.get(read, signal);
  return arrayAt(compared, 'commits').filter(isObject).map(asCommit);
}

/**
 * The commit where `head` left `base`: what the newest of its own commits goes back to and both have. Gitea tells it for
 * pull requests only.
 */
export function mergeBaseOf(own: readonly Commit[], head: string): string {
  const shas = new Set(own.map(({ sha }) => sha));
  return own.flatMap(({ parents }) => parents).find((parent) => !shas.has(parent)) ?? head;
}

export function commitRows(commits: readonly Commit[]): readonly (readonly string[])[] {
  return commits.map(({ sha, date, author, subject: text }) => [short(sha), date, author, text]);
}

export const COMMIT_HEADER = ['COMMIT', 'DATE', 'AUTHOR', 'SUBJECT'];
