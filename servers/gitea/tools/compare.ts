import { z } from 'zod';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { COMMIT, short } from '../api.ts';
import { filesBetween } from '../between.ts';
import { resolveRef } from '../branches.ts';
import { showChanges } from '../change-preview.ts';
import { giteaTool } from '../deps.ts';
import { COMMIT_HEADER, commitRows, commitsBetween, mergeBaseOf } from '../history.ts';
import { base, ref, repo } from '../params.ts';
import { readRepo } from '../repository.ts';

const MAX_FILES = 30;
const MAX_COMMITS = 20;

export const compare = giteaTool({
  name: 'compare',
  summary: 'Show the commits and the diff between two refs: what head has and base has not. Secret values are masked.',
  verb: 'diff',
  effect: 'read',
  input: z.strictObject({ repo, base, head: ref }),
  target: ({ repo }) => [{ kind: COMMIT, namespace: repo }],
  run: async ({ repo, base, head }, { gitea }, signal) => {
    const { defaultBranch } = await readRepo(gitea, repo, signal);
    const resolve = (name: string | undefined) => resolveRef(gitea, repo, name ?? defaultBranch, signal);
    const [from, to] = await Promise.all([resolve(base), resolve(head)]);
    if (from === to) return { text: `Both are ${short(from)}.` };
    const commits = await commitsBetween(gitea, repo, from, to, signal);
    const parted = mergeBaseOf(commits, to);
    const files = await filesBetween(gitea, repo, [parted, to], MAX_FILES, signal);
    const { change, diff } = showChanges(files.changes);
    const moved = parted === from ? '' : ` ${short(from)} has commits of its own since ${short(parted)}.`;
    const unread = files.unread.length > 0 ? ` By name only: ${count(files.unread.length, 'file')}.` : '';
    return {
      text: `${short(from)} to ${short(to)}: ${count(commits.length, 'commit')}, ${change}.${moved}${unread}`,
      data: [
        ...(commits.length > 0 ? [renderTable(COMMIT_HEADER, commitRows(commits.slice(0, MAX_COMMITS)))] : []),
        ...files.unread,
        diff,
      ].join('\n'),
    };
  },
});
