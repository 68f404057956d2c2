import { z } from 'zod';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { PULL, short } from '../api.ts';
import { filesBetween } from '../between.ts';
import { getBranch } from '../branches.ts';
import { factsOf } from '../change-facts.ts';
import { showChanges } from '../change-preview.ts';
import { makePull } from '../commit.ts';
import { giteaTool, oncePerCall } from '../deps.ts';
import { COMMIT_HEADER, commitRows, commitsBetween, mergeBaseOf } from '../history.ts';
import { base, body, branch, repo, title, why } from '../params.ts';
import { openFrom } from '../pulls.ts';
import { demandLive, readRepo } from '../repository.ts';

const MAX_FILES = 50;

const input = z.strictObject({ repo, head: branch.describe('Branch with the commits.'), base, title, body, why });

const read = oncePerCall(async ({ repo, head, base }: z.output<typeof input>, { gitea }, signal) => {
  const repository = await readRepo(gitea, repo, signal);
  demandLive(repository);
  const [from, to] = await Promise.all([
    getBranch(gitea, repo, head, signal),
    getBranch(gitea, repo, base ?? repository.defaultBranch, signal),
  ]);
  const [commits, open] = await Promise.all([
    commitsBetween(gitea, repo, to.sha, from.sha, signal),
    openFrom(gitea, repo, head, signal),
  ]);
  const [same] = open.filter((pull) => pull.base.branch === to.name);
  if (same !== undefined)
    throw new OpsError('conflict', `Pull request #${same.number} is open for it already.`, 'See get_pull.');
  if (commits.length === 0)
    throw new OpsError('precondition_failed', `${to.name} has all of ${head} already.`, 'Commit something first.');
  const files = await filesBetween(gitea, repo, [mergeBaseOf(commits, from.sha), from.sha], MAX_FILES, signal);
  return { from, to, commits, files };
});

export const openPull = giteaTool({
  name: 'open_pull',
  summary: 'Open a pull request for a branch that is there. For a new change propose_change does it all.',
  verb: 'create',
  effect: 'write',
  destructive: false,
  input,
  target: async (input, deps, signal) => {
    const { files } = await read(input, deps, signal);
    return [{ kind: PULL, namespace: input.repo, name: input.head, facts: factsOf(files.changes) }];
  },
  plan: async (input, deps, signal) => {
    const { from, to, commits, files } = await read(input, deps, signal);
    const { repo, title, body } = input;
    const { change, diff } = showChanges(files.changes);
    return {
      preview: {
        change: `${count(commits.length, 'commit')}, ${change}, into ${to.name}`,
        risk: 'none until it is merged',
        details: [title, body, renderTable(COMMIT_HEADER, commitRows(commits)), ...files.unread, diff].join('\n'),
        seen: [from.sha, to.sha, title, body],
      },
      run: async (permit) => {
        const number = await makePull(deps.gitea, permit, { repo, head: from.name, base: to.name, title, body });
        return { text: `Pull request #${number} of ${repo}: ${from.name} (${short(from.sha)}) into ${to.name}.` };
      },
    };
  },
});
