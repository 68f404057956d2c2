import timers from 'node:timers/promises';
import { path } from '../../shared/http/path.ts';
import { isStatus, type Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { at, numberAt, stringAt } from '../../shared/kernel/json.ts';
import { count, oneLine } from '../../shared/kernel/text.ts';
import { below } from './api.ts';

export interface Pull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly draft: boolean;
  /** False while Gitea still looks for conflicts, too. */
  readonly mergeable: boolean;
  readonly head: { readonly branch: string; readonly sha: string; readonly repo: string };
  readonly base: { readonly branch: string; readonly sha: string };
  /** The commit that both sides have in common. */
  readonly mergeBase: string;
}

export async function getPull(gitea: Rest, repo: string, number: number, signal: AbortSignal): Promise<Pull> {
  const read = { path: below(repo, path`/pulls/${String(number)}`), what: `pull request #${number} of ${repo}` };
  return gitea.get(read, signal).then(asPull, (error: unknown) => {
    if (!isStatus(error, 404)) throw error;
    throw new OpsError('not_found', `${repo} has no pull request #${number}.`, 'See list_pulls.', { cause: error });
  });
}

export function asPull(value: unknown): Pull {
  const merged = at(value, 'merged') === true;
  return {
    number: numberAt(value, 'number') ?? 0,
    title: stringAt(value, 'title') ?? '',
    body: stringAt(value, 'body') ?? '',
    author: stringAt(value, 'user', 'login') ?? '',
    state: merged ? 'merged' : stringAt(value, 'state') === 'open' ? 'open' : 'closed',
    draft: at(value, 'draft') === true,
    mergeable: at(value, 'mergeable') === true,
    head: {
      branch: stringAt(value, 'head', 'ref') ?? '',
      sha: stringAt(value, 'head', 'sha') ?? '',
      repo: stringAt(value, 'head', 'repo', 'full_name') ?? '',
    },
    base: { branch: stringAt(value, 'base', 'ref') ?? '', sha: stringAt(value, 'base', 'sha') ?? '' },
    mergeBase: stringAt(value, 'merge_base') ?? '',
  };
}

export function demandOpen({ number, state }: Pull): void {
  if (state === 'open') return;
  throw new OpsError('precondition_failed', `Pull request #${number} is ${state} already.`, 'See list_pulls.');
}

/** Milliseconds between two looks: Gitea looks for conflicts in the background after each push. */
const LOOK_AGAIN = 300;

/** A pull request, after Gitea has had the time to see whether it merges cleanly. */
export async function settledPull(
  gitea: Rest,
  { repo, number, looks }: { readonly repo: string; readonly number: number; readonly looks: number },
  signal: AbortSignal,
): Promise<Pull> {
  for (let look = 1; ; look += 1) {
    const pull = await getPull(gitea, repo, number, signal);
    if (pull.mergeable || pull.state !== 'open' || look >= looks) return pull;
    await timers.setTimeout(LOOK_AGAIN, undefined, { signal });
  }
}

export async function commitsOf(
  gitea: Rest,
  repo: string,
  number: number,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const read = {
    path: below(repo, path`/pulls/${String(number)}/commits`),
    query: { limit: 50, files: false, verification: false },
    what: `commits of #${number}`,
  };
  const list = await gitea.get(read, signal);
  return Array.isArray(list) ? list : [];
}

/** `#12 raise the limit (ann, open)` */
export function describePull({ number, title, author, state }: Pull): string {
  return `#${number} ${oneLine(title, 120)} (${author}, ${state})`;
}

export function describeCount(n: number): string {
  return count(n, 'pull request');
}

/** Open pull requests that come from a branch of the same repository. */
export async function openFrom(
  gitea: Rest,
  repo: string,
  branch: string,
  signal: AbortSignal,
): Promise<readonly Pull[]> {
  const read = { path: below(repo, '/pulls'), query: { state: 'open', limit: 50 }, what: `pull requests of ${repo}` };
  const list = await gitea.get(read, signal);
  const pulls = Array.isArray(list) ? list.map(asPull) : [];
  return pulls.filter(({ head }) => head.branch === branch && head.repo === repo);
}
