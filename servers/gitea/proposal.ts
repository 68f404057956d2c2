import type { Answer } from '../../shared/gate/call.ts';
import type { Permit } from '../../shared/gate/permit.ts';
import type { Rest } from '../../shared/http/rest.ts';
import { sha256 } from '../../shared/kernel/digest.ts';
import { messageOf, OpsError } from '../../shared/kernel/errors.ts';
import { short } from './api.ts';
import { type Branch, findBranch } from './branches.ts';
import type { FileChange } from './changes.ts';
import { commit, makeBranch, makePull, removeBranch } from './commit.ts';

export interface Proposal {
  readonly repo: string;
  readonly base: Branch;
  readonly branch: string;
  readonly title: string;
  readonly body: string;
  readonly message: string;
  readonly changes: readonly FileChange[];
}

const PREFIX = 'agent/';

/** Whether a branch is one that proposals and reverts make, and nobody else works on. */
export function isAgents(branch: string): boolean {
  return branch.startsWith(PREFIX);
}

/** `agent/raise-memory-of-web-3f2a91`: the same change on the same commit always gets the same branch. */
export function branchFor(title: string, base: Branch, changes: readonly FileChange[]): string {
  const words = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  const content = changes.map(({ path, after }) => [path, after?.base64 ?? null]);
  return `${PREFIX}${words || 'change'}-${sha256(JSON.stringify([base.sha, content])).slice(0, 6)}`;
}

export async function demandFreeBranch(gitea: Rest, repo: string, name: string, signal: AbortSignal): Promise<void> {
  if ((await findBranch(gitea, repo, name, signal)) === undefined) return;
  const hint = 'Look at it with compare and list_pulls, give another branch, or open_pull for what is there.';
  throw new OpsError('conflict', `${repo} has a branch ${name} already.`, hint);
}

/** Branch, commit and pull request. The branch starts at the very commit that was previewed. */
export async function propose(gitea: Rest, permit: Permit, proposal: Proposal): Promise<Answer> {
  const { repo, base, branch, title, body, message, changes } = proposal;
  await makeBranch(gitea, permit, { repo, name: branch, from: base.sha });
  const sha = await commit(gitea, permit, { repo, branch, parent: base.sha, message, changes }).catch(
    async (error: unknown) => {
      // An empty branch of ours helps nobody; what went wrong matters more than whether it could be taken away.
      await removeBranch(gitea, permit, repo, branch).catch(() => undefined);
      throw error;
    },
  );
  const number = await makePull(gitea, permit, { repo, head: branch, base: base.name, title, body }).catch(
    (error: unknown) => {
      const said = error instanceof OpsError ? error.message : messageOf(error);
      const made = `Commit ${short(sha)} is on branch ${branch}, but its pull request could not be opened: ${said}`;
      throw new OpsError('rejected_by_backend', made, 'Open it with open_pull.', { cause: error });
    },
  );
  return {
    text: `Pull request #${number} of ${repo} proposes commit ${short(sha)} (branch ${branch} into ${base.name}). merge_pull merges it, after a person's yes.`,
  };
}
