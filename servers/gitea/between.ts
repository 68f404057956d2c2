import type { Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { type Blob, readBlob } from './blobs.ts';
import type { FileChange } from './changes.ts';
import { differing, type Entry, treeOf } from './trees.ts';

/** What stands between two commits. */
export interface Between {
  /** Every file that differs. */
  readonly paths: readonly string[];
  /** Those that could be read, with their content on both sides. */
  readonly changes: readonly FileChange[];
  /** Files that are shown by name only: links, submodules, large ones, and those beyond the cap. */
  readonly unread: readonly string[];
}

/** Reads the files that differ between two commits, at most `cap` of them. */
export async function filesBetween(
  gitea: Rest,
  repo: string,
  [from, to]: readonly [string, string],
  cap: number,
  signal: AbortSignal,
): Promise<Between> {
  const [before, after] = await Promise.all([treeOf(gitea, repo, from, signal), treeOf(gitea, repo, to, signal)]);
  const paths = differing(before, after);
  const read = (entry: Entry | undefined) => entry && readBlob(gitea, repo, entry, signal);
  const files = await Promise.all(
    paths.slice(0, cap).map(async (path): Promise<FileChange | string> => {
      try {
        const [old, made]: (Blob | undefined)[] = await Promise.all([read(before.get(path)), read(after.get(path))]);
        return { path, before: old, after: made };
      } catch (error) {
        if (error instanceof OpsError && error.code === 'precondition_failed') return path;
        throw error;
      }
    }),
  );
  const unread = [...files.filter((file) => typeof file === 'string'), ...paths.slice(cap)];
  return { paths, changes: files.filter((file) => typeof file !== 'string'), unread };
}
