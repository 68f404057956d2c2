import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import { below, PULL } from '../api.ts';
import { giteaTool } from '../deps.ts';
import { number, repo, why } from '../params.ts';
import { demandOpen, describePull, getPull } from '../pulls.ts';
import { demandLive, readRepo } from '../repository.ts';

export const closePull = giteaTool({
  name: 'close_pull',
  summary: 'Close a pull request without merging it. Its branch stays.',
  verb: 'close',
  effect: 'write',
  destructive: false,
  input: z.strictObject({ repo, number, why }),
  target: ({ repo, number }) => [{ kind: PULL, namespace: repo, name: String(number) }],
  plan: async ({ repo, number }, { gitea }, signal) => {
    const [repository, pull] = await Promise.all([readRepo(gitea, repo, signal), getPull(gitea, repo, number, signal)]);
    demandLive(repository);
    demandOpen(pull);
    return {
      preview: {
        change: 'open → closed',
        risk: 'its change is not merged; a person can reopen it',
        details: describePull(pull),
        seen: [pull.number, pull.state, pull.head.sha],
      },
      run: async (permit) => {
        await gitea.change(permit, {
          method: 'PATCH',
          path: below(repo, path`/pulls/${String(number)}`),
          what: `pull request #${number} of ${repo}`,
          body: { state: 'closed' },
        });
        return { text: `Pull request #${number} of ${repo} is closed.` };
      },
    };
  },
});
