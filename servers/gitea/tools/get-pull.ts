import { z } from 'zod';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { PULL } from '../api.ts';
import { filesBetween } from '../between.ts';
import { showChanges } from '../change-preview.ts';
import { commentsOf } from '../comments.ts';
import { giteaTool } from '../deps.ts';
import { asCommit, COMMIT_HEADER, commitRows } from '../history.ts';
import { number, repo } from '../params.ts';
import { commitsOf, describePull, settledPull } from '../pulls.ts';
import { checksOf, reviewsOf } from '../reviews.ts';

const MAX_FILES = 30;

export const getPull = giteaTool({
  name: 'get_pull',
  summary: 'Show a pull request: commits, checks, reviews, comments and the diff. Secret values are masked.',
  verb: 'get',
  effect: 'read',
  input: z.strictObject({
    repo,
    number,
    diff: z.boolean().default(true).describe('With the diff.'),
  }),
  target: ({ repo, number }) => [{ kind: PULL, namespace: repo, name: String(number) }],
  run: async ({ repo, number, diff }, { gitea }, signal) => {
    const pull = await settledPull(gitea, { repo, number, looks: 3 }, signal);
    const [checks, reviews, commits, comments] = await Promise.all([
      checksOf(gitea, repo, pull.head.sha, signal),
      reviewsOf(gitea, repo, number, signal),
      commitsOf(gitea, repo, number, signal),
      commentsOf(gitea, repo, number, signal),
    ]);
    const files =
      diff && pull.mergeBase !== ''
        ? await filesBetween(gitea, repo, [pull.mergeBase, pull.head.sha], MAX_FILES, signal)
        : undefined;
    const shown = files && showChanges(files.changes);
    const merges = pull.state !== 'open' ? '' : pull.mergeable ? ', merges cleanly' : ', has conflicts with its base';
    return {
      text: `#${number}: ${pull.head.branch} into ${pull.base.branch}: ${pull.draft ? 'draft' : pull.state}${merges}; checks ${checks.state}; ${count(reviews.approvals, 'approval')}${shown ? `; ${shown.change}` : ''}.`,
      data: [
        describePull(pull),
        pull.body,
        renderTable(COMMIT_HEADER, commitRows(commits.map(asCommit))),
        ...checks.lines,
        ...reviews.lines,
        ...comments,
        ...(files?.unread ?? []),
        shown?.diff ?? '',
      ]
        .filter((part) => part !== '')
        .join('\n'),
    };
  },
});
