import { isStatus, type Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { at, stringAt } from '../../shared/kernel/json.ts';
import { below } from './api.ts';

export interface Repo {
  readonly name: string;
  readonly defaultBranch: string;
  readonly archived: boolean;
  readonly canPush: boolean;
  /** Ways to merge that its settings allow: `merge`, `rebase`, `squash`, ... */
  readonly mergeStyles: readonly string[];
}

const STYLES = {
  merge: 'allow_merge_commits',
  rebase: 'allow_rebase',
  'rebase-merge': 'allow_rebase_explicit',
  squash: 'allow_squash_merge',
  'fast-forward-only': 'allow_fast_forward_only_merge',
} as const;

export type MergeStyle = keyof typeof STYLES;
export const MERGE_STYLES = [
  'merge',
  'rebase',
  'rebase-merge',
  'squash',
  'fast-forward-only',
] as const satisfies MergeStyle[];

export async function readRepo(gitea: Rest, name: string, signal: AbortSignal): Promise<Repo> {
  const repo = await gitea.get({ path: below(name), what: `repository ${name}` }, signal).catch((error: unknown) => {
    if (!isStatus(error, 404)) throw error;
    const hint = 'See list_repos. A private repository that this account may not read looks the same.';
    throw new OpsError('not_found', `There is no repository ${name}.`, hint, { cause: error });
  });
  return {
    name: stringAt(repo, 'full_name') ?? name,
    defaultBranch: stringAt(repo, 'default_branch') ?? 'main',
    archived: at(repo, 'archived') === true,
    canPush: at(repo, 'permissions', 'push') === true,
    mergeStyles: Object.entries(STYLES).flatMap(([style, key]) => (at(repo, key) === true ? [style] : [])),
  };
}

/** A repository in which anything can change. */
export function demandLive({ name, archived }: Repo): void {
  if (archived) throw new OpsError('precondition_failed', `${name} is archived.`, 'A person can unarchive it.');
}

/** A repository that this account can change. */
export function demandWritable(repo: Repo): void {
  demandLive(repo);
  const { name, canPush } = repo;
  if (canPush) return;
  const hint = "A person can give this token's account write access to it.";
  throw new OpsError('unauthorized', `This account may read ${name}, and not change it.`, hint);
}
