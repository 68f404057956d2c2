import type { Permit } from '../../shared/gate/permit.ts';
import { path } from '../../shared/http/path.ts';
import { isStatus, type Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, numberAt, stringAt } from '../../shared/kernel/json.ts';
import { below, parts, short } from './api.ts';
import type { FileChange } from './changes.ts';

export interface NewCommit {
  readonly repo: string;
  readonly branch: string;
  /** The commit that was previewed as its parent. */
  readonly parent: string;
  readonly message: string;
  readonly changes: readonly FileChange[];
}

/**
 * Makes one commit of all files, or none. Each file carries the blob that was seen, so that Gitea refuses what has
 * changed meanwhile. Returns the commit's id.
 */
export async function commit(gitea: Rest, permit: Permit, wanted: NewCommit): Promise<string> {
  const { repo, branch, parent, changes } = wanted;
  const made = await gitea.change(permit, {
    method: 'POST',
    path: below(repo, '/contents'),
    what: `commit to ${branch} of ${repo}`,
    body: { branch, message: withRecord(wanted.message, permit), files: changes.map(operation) },
  });
  const sha = stringAt(made, 'commit', 'sha') ?? '';
  const [seen] = arrayAt(made, 'commit', 'parents').map((one) => stringAt(one, 'sha'));
  if (seen === parent || seen === undefined) return sha;
  throw new OpsError(
    'conflict',
    `Commit ${short(sha)} was made, but ${branch} had moved to ${short(seen)} in the same moment. Its files are exactly those that were previewed.`,
    'Look at the commits in between with list_commits.',
  );
}

/**
 * The same onto a branch that others may move in the same moment. Gitea puts a commit on top of whatever the branch is by
 * then, so it is made on a branch of its own, which starts at the previewed commit; the wanted branch moves to it only if
 * it is still where it was. Before Gitea 1.26, and in Forgejo, branches cannot be moved so: there the files' blobs guard.
 */
export async function commitOnto(gitea: Rest, permit: Permit, wanted: NewCommit): Promise<string> {
  const { repo, branch, parent } = wanted;
  const draft = `agent/draft-${permit.grant.call}`;
  await makeBranch(gitea, permit, { repo, name: draft, from: parent });
  try {
    const sha = await commit(gitea, permit, { ...wanted, branch: draft });
    const moved = await moveBranch(gitea, permit, { repo, branch, from: parent, to: sha });
    return moved ? sha : await commit(gitea, permit, wanted);
  } finally {
    // It has done its work, or helps nobody; what went wrong before matters more.
    await removeBranch(gitea, permit, repo, draft).catch(() => undefined);
  }
}

interface Move {
  readonly repo: string;
  readonly branch: string;
  readonly from: string;
  readonly to: string;
}

/** False where the server cannot do it at all. */
async function moveBranch(gitea: Rest, permit: Permit, { repo, branch, from, to }: Move): Promise<boolean> {
  try {
    await gitea.change(permit, {
      method: 'PUT',
      path: below(repo, path`/branches/${parts(branch)}`),
      what: `commit to ${branch} of ${repo}`,
      body: { new_commit_id: to, old_commit_id: from },
    });
    return true;
  } catch (error) {
    if (isStatus(error, 404) || isStatus(error, 405)) return false;
    if (!isStatus(error, 422)) throw error;
    const what = `${branch} of ${repo} moved from ${short(from)} in the same moment. It was not changed.`;
    throw new OpsError('conflict', what, 'Call again: the preview is made anew.', { cause: error });
  }
}

/** Leads from the history of the repository to the record of who approved it. */
function withRecord(message: string, permit: Permit): string {
  return `${message.trimEnd()}\n\nAudit-Record: ${permit.grant.call}\n`;
}

function operation({ path, before, after }: FileChange) {
  if (after === undefined) return { operation: 'delete', path, sha: before?.sha };
  return before === undefined
    ? { operation: 'create', path, content: after.base64 }
    : { operation: 'update', path, content: after.base64, sha: before.sha };
}

export async function makeBranch(
  gitea: Rest,
  permit: Permit,
  { repo, name, from }: { readonly repo: string; readonly name: string; readonly from: string },
): Promise<void> {
  await gitea.change(permit, {
    method: 'POST',
    path: below(repo, '/branches'),
    what: `branch ${name} of ${repo}`,
    body: { new_branch_name: name, old_ref_name: from },
  });
}

export async function removeBranch(gitea: Rest, permit: Permit, repo: string, name: string): Promise<void> {
  await gitea.change(permit, {
    method: 'DELETE',
    path: below(repo, path`/branches/${parts(name)}`),
    what: `branch ${name} of ${repo}`,
  });
}

export interface NewPull {
  readonly repo: string;
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
}

/** Returns its number. */
export async function makePull(gitea: Rest, permit: Permit, { repo, ...pull }: NewPull): Promise<number> {
  const made = await gitea.change(permit, {
    method: 'POST',
    path: below(repo, '/pulls'),
    what: `pull request of ${pull.head} into ${pull.base} in ${repo}`,
    body: pull,
  });
  return numberAt(made, 'number') ?? 0;
}
