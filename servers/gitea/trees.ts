import { path } from '../../shared/http/path.ts';
import type { Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, at, isObject, numberAt, stringAt } from '../../shared/kernel/json.ts';
import { below } from './api.ts';

export interface Entry {
  readonly path: string;
  /** Git's mode: `100644` a file, `100755` one that can be run, `120000` a link, `160000` a submodule. */
  readonly mode: string;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly sha: string;
  /** Bytes. */
  readonly size: number;
}

/** Entries of one tree at most: a repository of manifests has hundreds. */
const MAX_ENTRIES = 20_000;
const PAGE = 1000;

/** Everything below a commit, by path. */
export async function treeOf(
  gitea: Rest,
  repo: string,
  commit: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>();
  for (let page = 1; ; page += 1) {
    const query = { recursive: true, page, per_page: PAGE };
    const tree = await gitea.get(
      { path: below(repo, path`/git/trees/${commit}`), query, what: `files of ${repo}` },
      signal,
    );
    const found = arrayAt(tree, 'tree').filter(isObject).map(asEntry);
    for (const entry of found) entries.set(entry.path, entry);
    if (found.length === 0 || at(tree, 'truncated') !== true) return entries;
    if (entries.size >= MAX_ENTRIES) {
      throw new OpsError(
        'too_large',
        `${repo} has more than ${MAX_ENTRIES} files.`,
        'Read single files with get_file.',
      );
    }
  }
}

function asEntry(value: unknown): Entry {
  const type = stringAt(value, 'type');
  return {
    path: stringAt(value, 'path') ?? '',
    mode: stringAt(value, 'mode') ?? '',
    type: type === 'tree' || type === 'commit' ? type : 'blob',
    sha: stringAt(value, 'sha') ?? '',
    size: numberAt(value, 'size') ?? 0,
  };
}

/** Files that two trees do not have alike, in alphabetical order. */
export function differing(a: ReadonlyMap<string, Entry>, b: ReadonlyMap<string, Entry>): readonly string[] {
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((name) => {
      const [before, after] = [a.get(name), b.get(name)];
      const isFolder = (before ?? after)?.type === 'tree';
      return !isFolder && (before?.sha !== after?.sha || before?.mode !== after?.mode);
    })
    .sort();
}
