import { z } from 'zod';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { BRANCH, short } from '../api.ts';
import { demandUnmoved, getBranch } from '../branches.ts';
import { removeBranch } from '../commit.ts';
import { giteaTool } from '../deps.ts';
import { COMMIT_HEADER, commitRows, commitsBetween } from '../history.ts';
import { branch, repo, why } from '../params.ts';
import { openFrom } from '../pulls.ts';
import { demandWritable, readRepo } from '../repository.ts';

export const deleteBranch = giteaTool({
  name: 'delete_branch',
  summary: 'Delete a branch. Shows the commits that only it has.',
  verb: 'delete',
  effect: 'write',
  destructive: true,
  input: z.strictObject({ repo, branch, why }),
  target: ({ repo, branch }) => [{ kind: BRANCH, namespace: repo, name: branch }],
  plan: async ({ repo, branch }, { gitea }, signal) => {
    const repository = await readRepo(gitea, repo, signal);
    demandWritable(repository);
    const found = await getBranch(gitea, repo, branch, signal);
    if (branch === repository.defaultBranch || found.protected) {
      const what = found.protected ? 'protected' : 'the default branch';
      throw new OpsError('precondition_failed', `${branch} of ${repo} is ${what}.`, 'A person deletes it, if anybody.');
    }
    const [own, pulls] = await Promise.all([
      commitsBetween(gitea, repo, repository.defaultBranch, found.sha, signal),
      openFrom(gitea, repo, branch, signal),
    ]);
    const lost =
      own.length > 0 ? `${count(own.length, 'commit')} that ${repository.defaultBranch} has not` : 'nothing is lost';
    const closes = pulls.length > 0 ? `; closes ${pulls.map((pull) => `#${pull.number}`).join(', ')}` : '';
    return {
      preview: {
        change: `at ${short(found.sha)}`,
        risk: `${lost}${closes}`,
        details: [
          `branch ${branch} of ${repo} at ${found.sha}`,
          `${lost}${closes}`,
          ...(own.length > 0 ? [renderTable(COMMIT_HEADER, commitRows(own))] : []),
        ].join('\n'),
        seen: [found.sha, own.map(({ sha }) => sha), pulls.map((pull) => pull.number)],
      },
      run: async (permit) => {
        await demandUnmoved(gitea, repo, found, permit.signal);
        await removeBranch(gitea, permit, repo, branch);
        return {
          text: `Branch ${branch} of ${repo} is deleted. It was at ${found.sha}: create_branch with this ref brings it back.`,
        };
      },
    };
  },
});
