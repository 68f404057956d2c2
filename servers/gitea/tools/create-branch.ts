import { z } from 'zod';
import { BRANCH, short } from '../api.ts';
import { resolveRef } from '../branches.ts';
import { makeBranch } from '../commit.ts';
import { giteaTool } from '../deps.ts';
import { branch, ref, repo, why } from '../params.ts';
import { demandFreeBranch } from '../proposal.ts';
import { demandWritable, readRepo } from '../repository.ts';

export const createBranch = giteaTool({
  name: 'create_branch',
  summary: 'Make a branch.',
  verb: 'create',
  effect: 'write',
  destructive: false,
  input: z.strictObject({ repo, branch, ref, why }),
  target: ({ repo, branch }) => [{ kind: BRANCH, namespace: repo, name: branch }],
  plan: async ({ repo, branch, ref }, { gitea }, signal) => {
    const repository = await readRepo(gitea, repo, signal);
    demandWritable(repository);
    await demandFreeBranch(gitea, repo, branch, signal);
    const from = await resolveRef(gitea, repo, ref ?? repository.defaultBranch, signal);
    const change = `at ${short(from)} (${ref ?? repository.defaultBranch})`;
    return {
      preview: { change, risk: 'none', details: `branch ${branch} of ${repo} ${change}`, seen: from },
      run: async (permit) => {
        await makeBranch(gitea, permit, { repo, name: branch, from });
        return { text: `Branch ${branch} of ${repo} is at ${short(from)}.` };
      },
    };
  },
});
