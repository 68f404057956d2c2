import { z } from 'zod';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { FILE, short } from '../api.ts';
import { isLfsPointer, readBlob } from '../blobs.ts';
import { commitAt } from '../branches.ts';
import { giteaTool } from '../deps.ts';
import { filePath, ref, repo } from '../params.ts';
import { shownText } from '../shown-text.ts';
import { treeOf } from '../trees.ts';

export const getFile = giteaTool({
  name: 'get_file',
  summary: 'Read one text file. Secret values are masked.',
  verb: 'get',
  effect: 'read',
  input: z.strictObject({
    repo,
    path: filePath.describe('Path.'),
    ref,
    from: z.int().min(1).max(1_000_000).default(1).describe('First line.'),
    lines: z.int().min(1).max(1000).default(300).describe('Lines at most.'),
  }),
  target: ({ repo, path }) => [{ kind: FILE, namespace: repo, name: path }],
  run: async ({ repo, path, ref, from, lines }, { gitea }, signal) => {
    const commit = await commitAt(gitea, repo, ref, signal);
    const entry = (await treeOf(gitea, repo, commit, signal)).get(path);
    if (entry === undefined)
      throw new OpsError('not_found', `${repo} has no ${path} at ${short(commit)}.`, 'See list_files.');
    const { text } = await readBlob(gitea, repo, entry, signal);
    const what = `${path} at ${short(commit)}`;
    if (text === undefined) return { text: `${what} is binary (${entry.size} bytes).` };
    if (isLfsPointer(text)) return { text: `${what} is kept in Git LFS: only its pointer is here.` };
    const all = shownText(path, text).replace(/\n$/, '').split('\n');
    const part = all.slice(from - 1, from - 1 + lines);
    const last = from - 1 + part.length;
    const more = last < all.length ? ` More: from=${last + 1}.` : '';
    return {
      text: `${what}: lines ${Math.min(from, all.length)} to ${last} of ${all.length}.${more}`,
      data: part.join('\n'),
    };
  },
});
