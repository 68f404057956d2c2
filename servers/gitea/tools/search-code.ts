import { z } from 'zod';
import { count, oneLine } from '../../../shared/kernel/text.ts';
import { FILE, short } from '../api.ts';
import { readBlob } from '../blobs.ts';
import { commitAt } from '../branches.ts';
import { giteaTool } from '../deps.ts';
import { filePath, ref, repo, text } from '../params.ts';
import { shownText } from '../shown-text.ts';
import { type Entry, treeOf } from '../trees.ts';

/** Gitea's API has no code search, so the files are read: so many, none larger, so many at a time. */
const MAX_FILES = 400;
const MAX_BYTES = 200_000;
const AT_ONCE = 8;
const MAX_HITS = 50;

export const searchCode = giteaTool({
  name: 'search_code',
  summary: 'Find lines that contain a text in the files of one repository. Reads them all: narrow it by path.',
  verb: 'search',
  effect: 'read',
  input: z.strictObject({
    repo,
    text: text(200)
      .refine((value) => value.trim() !== '', 'empty')
      .describe('Text, upper and lower case alike.'),
    path: filePath.optional().describe('Only below this folder.'),
    ref,
  }),
  target: ({ repo }) => [{ kind: FILE, namespace: repo }],
  run: async ({ repo, text: wanted, path, ref }, { gitea }, signal) => {
    const commit = await commitAt(gitea, repo, ref, signal);
    const tree = await treeOf(gitea, repo, commit, signal);
    const below = [...tree.values()].filter(
      ({ type, mode, path: file }) =>
        type === 'blob' && mode !== '120000' && (path === undefined || file.startsWith(`${path}/`) || file === path),
    );
    const files = below.filter(({ size }) => size <= MAX_BYTES);
    const hits: string[] = [];
    const search = async (entry: Entry) => {
      const blob = await readBlob(gitea, repo, entry, signal);
      return blob.text === undefined ? [] : linesWith(entry.path, blob.text, wanted);
    };
    for (let start = 0; start < Math.min(files.length, MAX_FILES) && hits.length < MAX_HITS; start += AT_ONCE)
      hits.push(...(await Promise.all(files.slice(start, Math.min(start + AT_ONCE, MAX_FILES)).map(search))).flat());
    const limits = [
      files.length > MAX_FILES && `only the first ${MAX_FILES} of ${files.length} files were read`,
      files.length < below.length && `${count(below.length - files.length, 'larger file')} left out`,
      hits.length > MAX_HITS && `the first ${MAX_HITS} lines are shown`,
    ].filter((limit) => limit !== false);
    const said = `${count(hits.length, 'line')} at ${short(commit)}${limits.length > 0 ? ` (${limits.join('; ')}: narrow it by path)` : ''}.`;
    return hits.length === 0 ? { text: said } : { text: said, data: hits.slice(0, MAX_HITS).join('\n') };
  },
});

function linesWith(path: string, text: string, wanted: string): readonly string[] {
  const needle = wanted.toLowerCase();
  return shownText(path, text)
    .split('\n')
    .flatMap((line, index) =>
      line.toLowerCase().includes(needle) ? [`${path}:${index + 1}: ${oneLine(line, 200)}`] : [],
    );
}
