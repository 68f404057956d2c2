import type { Rest } from '../../shared/http/rest.ts';
import { count } from '../../shared/kernel/text.ts';
import { type Between, filesBetween } from './between.ts';
import { type Branch, getBranch } from './branches.ts';
import { asCommit, type Commit, commitsBetween } from './history.ts';
import { commitsOf, demandOpen, type Pull, settledPull } from './pulls.ts';
import { type Repo, readRepo } from './repository.ts';
import { type Checks, checksOf, type Reviews, reviewsOf } from './reviews.ts';

/** All that decides whether a pull request can be merged, and what a person sees of it. */
export interface MergeFacts {
  readonly repository: Repo;
  readonly pull: Pull;
  readonly base: Branch;
  readonly commits: readonly Commit[];
  readonly checks: Checks;
  readonly reviews: Reviews;
  readonly files: Between;
  /** Commits that the base has got since the branch left it. */
  readonly behind: number;
}

const MAX_FILES = 50;

export async function mergeFacts(gitea: Rest, repo: string, number: number, signal: AbortSignal): Promise<MergeFacts> {
  const pull = await settledPull(gitea, { repo, number, looks: 10 }, signal);
  demandOpen(pull);
  const [repository, base, commits, checks, reviews, files, newer] = await Promise.all([
    readRepo(gitea, repo, signal),
    getBranch(gitea, repo, pull.base.branch, signal),
    commitsOf(gitea, repo, number, signal),
    checksOf(gitea, repo, pull.head.sha, signal),
    reviewsOf(gitea, repo, number, signal),
    filesBetween(gitea, repo, [pull.mergeBase, pull.head.sha], MAX_FILES, signal),
    commitsBetween(gitea, repo, pull.head.sha, pull.base.branch, signal),
  ]);
  return { repository, pull, base, commits: commits.map(asCommit), checks, reviews, files, behind: newer.length };
}

interface Blocker {
  readonly what: string;
  readonly cure: string;
}

/** Why it cannot be merged now, the first reason first. */
export function blockers({
  repository,
  pull,
  base,
  checks,
  reviews,
}: Omit<MergeFacts, 'commits' | 'files' | 'behind'>): readonly Blocker[] {
  const missing = base.checks.filter((pattern) => !checks.green.some((check) => matches(check, pattern)));
  const found: readonly (Blocker | false)[] = [
    repository.archived && { what: 'the repository is archived', cure: 'A person can unarchive it.' },
    pull.draft && { what: 'it is a draft', cure: 'A person marks it as ready.' },
    !base.canMerge && { what: `${base.name} is protected from this account`, cure: 'A person merges it.' },
    !pull.mergeable && {
      what: `it has conflicts with ${base.name}, or Gitea still looks for them`,
      cure: 'See get_pull; solve conflicts by a new propose_change on top of the base.',
    },
    reviews.rejected && { what: 'a reviewer wants changes', cure: 'See get_pull.' },
    reviews.approvals < base.approvals && {
      what: `it has ${count(reviews.approvals, 'approval')} of the ${base.approvals} that ${base.name} needs`,
      cure: 'People approve it in Gitea.',
    },
    missing.length > 0 && {
      what: `these checks are not green: ${missing.join(', ')}`,
      cure: 'Wait for them, or see why they fail.',
    },
  ];
  return found.filter((blocker) => blocker !== false);
}

/** Gitea's rules name checks by patterns, in which a star stands for anything: `ci / * (push)`. */
function matches(check: string, pattern: string): boolean {
  const literal = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 's').test(check);
}
