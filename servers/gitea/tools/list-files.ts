import { z } from 'zod';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { FILE, short } from '../api.ts';
import { commitAt } from '../branches.ts';
import { giteaTool } from '../deps.ts';
import { filePath, ref, repo } from '../params.ts';
import { type Entry, treeOf } from '../trees.ts';

const MAX_ROWS = 200;

export const listFiles = giteaTool({
  name: 'list_files',
  summary: 'List the files of a repository, or of one folder, with sizes.',
  verb: 'list',
  effect: 'read',
  input: z.strictObject({
    repo,
    path: filePath.optional().describe('Folder; all if left out.'),
    recursive: z.boolean().default(true).describe('Folders below it, too.'),
    ref,
  }),
  target: ({ repo }) => [{ kind: FILE, namespace: repo }],
  run: async ({ repo, path, recursive, ref }, { gitea }, signal) => {
    const commit = await commitAt(gitea, repo, ref, signal);
    const tree = await treeOf(gitea, repo, commit, signal);
    if (path !== undefined && !tree.has(path)) {
      throw new OpsError('not_found', `${repo} has no ${path} at ${short(commit)}.`, `At its root: ${namesAt(tree)}.`);
    }
    const prefix = path === undefined ? '' : `${path}/`;
    const entries = [...tree.values()].filter(
      (entry) =>
        (entry.path.startsWith(prefix) && wanted(entry, prefix, recursive)) ||
        (entry.path === path && entry.type !== 'tree'),
    );
    const rows = entries.slice(0, MAX_ROWS).map(rowOf);
    const cut = entries.length > MAX_ROWS ? ` The first ${MAX_ROWS}: narrow it by path.` : '';
    const text = `${count(entries.length, recursive ? 'file' : 'entry', recursive ? 'files' : 'entries')} at ${short(commit)}.${cut}`;
    return rows.length === 0 ? { text } : { text, data: renderTable(['PATH', 'BYTES'], rows) };
  },
});

function wanted({ path, type }: Entry, prefix: string, recursive: boolean): boolean {
  return recursive ? type !== 'tree' : !path.slice(prefix.length).includes('/');
}

function rowOf({ path, type, mode, size }: Entry): readonly string[] {
  if (type === 'tree') return [`${path}/`, ''];
  if (type === 'commit') return [path, 'submodule'];
  return [path, mode === '120000' ? 'link' : String(size)];
}

function namesAt(tree: ReadonlyMap<string, Entry>): string {
  return (
    [...tree.keys()]
      .filter((path) => !path.includes('/'))
      .slice(0, 30)
      .join(', ') || 'nothing'
  );
}
