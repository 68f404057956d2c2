import { z } from 'zod';
import { oneLine } from '../../../shared/kernel/text.ts';
import { PULL } from '../api.ts';
import { commentsPath } from '../comments.ts';
import { giteaTool } from '../deps.ts';
import { number, repo, text, why } from '../params.ts';
import { describePull, getPull } from '../pulls.ts';
import { demandLive, readRepo } from '../repository.ts';

export const commentPull = giteaTool({
  name: 'comment_pull',
  summary: 'Comment on a pull request.',
  verb: 'comment',
  effect: 'write',
  destructive: false,
  input: z.strictObject({
    repo,
    number,
    comment: text(10_000)
      .refine((value) => value.trim() !== '', 'empty')
      .describe('Markdown.'),
    why,
  }),
  target: ({ repo, number }) => [{ kind: PULL, namespace: repo, name: String(number) }],
  plan: async ({ repo, number, comment }, { gitea }, signal) => {
    const [repository, pull] = await Promise.all([readRepo(gitea, repo, signal), getPull(gitea, repo, number, signal)]);
    demandLive(repository);
    return {
      preview: {
        change: oneLine(comment, 200),
        risk: 'others are notified',
        details: `${describePull(pull)}\n\n${comment}`,
        seen: [pull.number, pull.state],
      },
      run: async (permit) => {
        await gitea.change(permit, {
          method: 'POST',
          path: commentsPath(repo, number),
          what: `comment on #${number} of ${repo}`,
          body: { body: comment },
        });
        return { text: `The comment is on #${number} of ${repo}.` };
      },
    };
  },
});
