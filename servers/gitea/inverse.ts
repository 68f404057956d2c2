import type { Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { isObject, stringAt } from '../../shared/kernel/json.ts';
import { below, short, subject } from './api.ts';
import { type Blob, readBlob } from './blobs.ts';
import type { FileChange } from './changes.ts';
import { mergeTexts } from './three-way.ts';
import { differing, type Entry, treeOf } from './trees.ts';

/** Files of one commit at most: more is for no person to read. */
const MAX_FILES = 50;

export interface Reverted {
  readonly repo: string;
  /** The commit to take back, and the one before it. */
  readonly sha: string;
  readonly parent: string;
  /** The commit on top of which the inverse goes. */
  readonly onto: string;
}

type Tree = ReadonlyMap<string, Entry>;

/**
 * What takes a commit back, as `git revert` does: each of its files gets what it had before, unless somebody has
 * changed the same lines since.
 */
export async function inverseOf(gitea: Rest, wanted: Reverted, signal: AbortSignal): Promise<readonly FileChange[]> {
  const { repo, sha, parent, onto } = wanted;
  const [before, after, now] = await Promise.all([parent, sha, onto].map((at) => treeOf(gitea, repo, at, signal)));
  if (before === undefined || after === undefined || now === undefined) return [];
  const paths = differing(before, after);
  if (paths.length > MAX_FILES) {
    throw new OpsError(
      'too_large',
      `Commit ${short(sha)} changed ${paths.length} files; ${MAX_FILES} are the limit.`,
      'A person reverts it with Git.',
    );
  }
  const read = (tree: Tree, path: string) => {
    const entry = tree.get(path);
    return entry && readBlob(gitea, repo, entry, signal);
  };
  const changes = await Promise.all(
    paths.map(async (path) => {
      const [old, made, current] = await Promise.all([read(before, path), read(after, path), read(now, path)]);
      const back = backTo(old, made, current);
      return back === CONFLICT ? path : { path, before: current, after: back };
    }),
  );
  const conflicts = changes.filter((change) => typeof change === 'string');
  if (conflicts.length > 0) throw await conflict(gitea, wanted, conflicts, signal);
  return changes
    .filter((change) => typeof change !== 'string')
    .filter(({ before, after }) => before?.base64 !== after?.base64);
}

const CONFLICT = Symbol('somebody has changed the same lines since');

/** One file, three ways: what the commit made of it, what it was before, and what it is now. */
export function backTo(
  old: Blob | undefined,
  made: Blob | undefined,
  current: Blob | undefined,
): FileChange['after'] | typeof CONFLICT {
  if (current?.base64 === made?.base64) return old;
  if (current?.base64 === old?.base64) return current;
  if (old?.text === undefined || made?.text === undefined || current?.text === undefined) return CONFLICT;
  const back = mergeTexts(made.text, current.text, old.text);
  return back === undefined ? CONFLICT : { text: back, base64: Buffer.from(back).toString('base64') };
}

async function conflict(
  gitea: Rest,
  { repo, sha, onto }: Reverted,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<OpsError> {
  const query = { sha: onto, path: paths[0], limit: 10, stat: false, verification: false, files: false };
  const list = await gitea.get({ path: below(repo, '/commits'), query, what: `commits of ${repo}` }, signal);
  const commits = Array.isArray(list) ? list.filter(isObject) : [];
  const later = commits.slice(
    0,
    Math.max(
      0,
      commits.findIndex((one) => stringAt(one, 'sha') === sha),
    ),
  );
  const by = later.map((one) => `${short(stringAt(one, 'sha') ?? '')} ${subject(stringAt(one, 'commit', 'message'))}`);
  const since = by.length === 0 ? '' : ` Since then: ${by.join('; ')}.`;
  return new OpsError(
    'conflict',
    `Commit ${short(sha)} cannot be taken back by itself: ${paths.join(', ')} changed on the same lines later.${since}`,
    'Revert the later commits first, or propose_change with the content that it should have.',
  );
}
