import { closest } from 'fastest-levenshtein';
import { path } from '../../shared/http/path.ts';
import { isStatus, type Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, at, isObject, numberAt, stringAt } from '../../shared/kernel/json.ts';
import { below, parts, short } from './api.ts';
import { demandWritable, type Repo, readRepo } from './repository.ts';

export interface Branch {
  readonly name: string;
  /** The commit that it points to. */
  readonly sha: string;
  readonly subject: string;
  readonly protected: boolean;
  readonly canPush: boolean;
  readonly canMerge: boolean;
  /** Reviews that a pull request into it needs. */
  readonly approvals: number;
  /** Checks that must be green before a merge. */
  readonly checks: readonly string[];
}

function asBranch(value: unknown): Branch {
  return {
    name: stringAt(value, 'name') ?? '',
    sha: stringAt(value, 'commit', 'id') ?? '',
    subject: stringAt(value, 'commit', 'message')?.split('\n')[0] ?? '',
    protected: at(value, 'protected') === true,
    canPush: at(value, 'user_can_push') !== false,
    canMerge: at(value, 'user_can_merge') !== false,
    approvals: numberAt(value, 'required_approvals') ?? 0,
    checks: at(value, 'enable_status_check') === true ? arrayAt(value, 'status_check_contexts').map(String) : [],
  };
}

export async function findBranch(
  gitea: Rest,
  repo: string,
  name: string,
  signal: AbortSignal,
): Promise<Branch | undefined> {
  try {
    const found = await gitea.get(
      { path: below(repo, path`/branches/${parts(name)}`), what: `branch ${name}` },
      signal,
    );
    return asBranch(found);
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

export async function getBranch(gitea: Rest, repo: string, name: string, signal: AbortSignal): Promise<Branch> {
  const branch = await findBranch(gitea, repo, name, signal);
  if (branch !== undefined) return branch;
  const names = (await branchesOf(gitea, repo, 1, signal)).map((known) => known.name);
  const near = names.length === 0 ? 'It has none.' : `Did you mean "${closest(name, names)}"? See list_branches.`;
  throw new OpsError('not_found', `${repo} has no branch ${name}.`, near);
}

export async function branchesOf(
  gitea: Rest,
  repo: string,
  page: number,
  signal: AbortSignal,
): Promise<readonly Branch[]> {
  const query = { page, limit: 50 };
  const list = await gitea.get({ path: below(repo, '/branches'), query, what: `branches of ${repo}` }, signal);
  return Array.isArray(list) ? list.map(asBranch) : [];
}

/** A branch into which this account may push without a pull request. */
export function demandPushable(repo: Repo, branch: Branch): void {
  demandWritable(repo);
  if (branch.canPush) return;
  throw new OpsError(
    'precondition_failed',
    `${branch.name} of ${repo.name} is protected: nobody pushes to it directly.`,
    'Use propose_change: a person merges it.',
  );
}

/** A branch may have moved since a person saw it. */
export async function demandUnmoved(gitea: Rest, repo: string, seen: Branch, signal: AbortSignal): Promise<void> {
  const now = await getBranch(gitea, repo, seen.name, signal);
  if (now.sha === seen.sha) return;
  throw new OpsError(
    'conflict',
    `${seen.name} moved from ${short(seen.sha)} to ${short(now.sha)} meanwhile. Nothing was changed.`,
    'Call again: the preview is made anew.',
  );
}

/** The commit that a branch, tag or commit id stands for. */
export async function resolveRef(gitea: Rest, repo: string, ref: string, signal: AbortSignal): Promise<string> {
  const query = { sha: ref, limit: 1, stat: false, verification: false, files: false };
  const list = await gitea
    .get({ path: below(repo, '/commits'), query, what: `${ref} in ${repo}` }, signal)
    .catch((error: unknown) => {
      if (!isStatus(error, 404) && !isStatus(error, 409)) throw error;
      throw new OpsError(
        'not_found',
        `${repo} has no branch, tag or commit ${ref}.`,
        'See list_branches and list_commits.',
        {
          cause: error,
        },
      );
    });
  const [first] = Array.isArray(list) ? list.filter(isObject) : [];
  const sha = stringAt(first, 'sha');
  if (sha !== undefined) return sha;
  throw new OpsError(
    'not_found',
    `${repo} has no branch, tag or commit ${ref}.`,
    'See list_branches and list_commits.',
  );
}

/** The same, of the default branch where none is named. */
export async function commitAt(
  gitea: Rest,
  repo: string,
  ref: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  return resolveRef(gitea, repo, ref ?? (await readRepo(gitea, repo, signal)).defaultBranch, signal);
}
