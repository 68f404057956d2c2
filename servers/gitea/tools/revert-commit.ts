import { z } from 'zod';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { COMMIT, PULL, short } from '../api.ts';
import { demandPushable, demandUnmoved, getBranch } from '../branches.ts';
import { factsOf } from '../change-facts.ts';
import { commitOnto } from '../commit.ts';
import { giteaTool, oncePerCall } from '../deps.ts';
import { getCommit } from '../history.ts';
import { inverseOf } from '../inverse.ts';
import { branch, repo, sha, why } from '../params.ts';
import { previewChange, riskText, seenOf } from '../planned-change.ts';
import { demandFreeBranch, propose } from '../proposal.ts';
import { demandWritable, readRepo } from '../repository.ts';

const input = z.strictObject({
  repo,
  sha,
  branch: branch.optional().describe('Where to take it back; else the default branch.'),
  as: z.enum(['pull_request', 'commit']).default('pull_request').describe('How.'),
  why,
});

const read = oncePerCall(async (wanted: z.output<typeof input>, { gitea }, signal) => {
  const { repo, as } = wanted;
  const repository = await readRepo(gitea, repo, signal);
  const base = await getBranch(gitea, repo, wanted.branch ?? repository.defaultBranch, signal);
  if (as === 'commit') demandPushable(repository, base);
  else demandWritable(repository);
  const bad = await getCommit(gitea, repo, wanted.sha, signal);
  const [parent] = bad.parents;
  if (parent === undefined) {
    throw new OpsError(
      'precondition_failed',
      `${short(bad.sha)} is the first commit: there is nothing before it.`,
      'Change the files with propose_change.',
    );
  }
  const changes = await inverseOf(gitea, { repo, sha: bad.sha, parent, onto: base.sha }, signal);
  if (changes.length === 0) {
    throw new OpsError(
      'precondition_failed',
      `Nothing of ${short(bad.sha)} is left on ${base.name}.`,
      'See list_commits: it was taken back already, or it is not on this branch.',
    );
  }
  const branchName = `agent/revert-${short(bad.sha)}`;
  if (as === 'pull_request') await demandFreeBranch(gitea, repo, branchName, signal);
  return { base, changes, bad, branchName };
});

export const revertCommit = giteaTool({
  name: 'revert_commit',
  summary: 'Take a commit back by its inverse; of a merge, all that it brought in. As a pull request, or as a commit.',
  verb: 'revert',
  effect: 'write',
  destructive: true,
  input,
  target: async (input, deps, signal) => {
    const { bad, changes, branchName } = await read(input, deps, signal);
    const facts = factsOf(changes);
    // A pull request changes nothing until it is merged: the rule for proposals is the rule for it.
    if (input.as === 'pull_request')
      return [{ verb: 'propose', kind: PULL, namespace: input.repo, name: branchName, facts }];
    return [{ kind: COMMIT, namespace: input.repo, name: short(bad.sha), facts }];
  },
  plan: async (input, deps, signal) => {
    const planned = await read(input, deps, signal);
    const { base, changes, bad, branchName } = planned;
    const { change, risks, details } = await previewChange(planned, deps, signal);
    const { repo, as } = input;
    const title = `Revert "${bad.subject}"`;
    const body = `This takes back commit ${bad.sha}.\n\n${input.why}`;
    const message = `${title}\n\n${body}`;
    const how = as === 'commit' ? `as a commit to ${base.name}` : `as a pull request into ${base.name}`;
    return {
      preview: {
        change: `${change}, ${how}`,
        risk: riskText(
          risks,
          as === 'commit' ? 'Argo CD brings it to the cluster where it follows this branch' : 'none until it is merged',
        ),
        details: `${title}\ntakes back ${bad.sha} of ${bad.author}, ${bad.date}\n\n${details}`,
        seen: [seenOf(planned), bad.sha, as],
      },
      run: async (permit) => {
        if (as === 'pull_request') {
          return propose(deps.gitea, permit, { repo, base, branch: branchName, title, body, message, changes });
        }
        await demandUnmoved(deps.gitea, repo, base, permit.signal);
        const sha = await commitOnto(deps.gitea, permit, {
          repo,
          branch: base.name,
          parent: base.sha,
          message,
          changes,
        });
        return { text: `Commit ${short(sha)} on ${base.name} of ${repo} takes back ${short(bad.sha)}: ${change}.` };
      },
    };
  },
});
