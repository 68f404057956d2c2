import { path } from '../../shared/http/path.ts';
import type { Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { stringAt } from '../../shared/kernel/json.ts';
import { below } from './api.ts';
import type { Entry } from './trees.ts';

/** A file's content at one commit. */
export interface Blob {
  readonly sha: string;
  /** Undefined: it is no UTF-8 text. */
  readonly text: string | undefined;
  /** As Gitea wants it back. */
  readonly base64: string;
}

/** Bytes of one file at most: more is for no person to read. */
export const MAX_FILE = 1_000_000;

const LFS = 'version https://git-lfs.github.com/spec/';

export async function readBlob(gitea: Rest, repo: string, entry: Entry, signal: AbortSignal): Promise<Blob> {
  demandFile(entry);
  const blob = await gitea.get({ path: below(repo, path`/git/blobs/${entry.sha}`), what: entry.path }, signal);
  const base64 = stringAt(blob, 'content') ?? '';
  return { sha: entry.sha, text: textOf(Buffer.from(base64, 'base64')), base64 };
}

function demandFile({ path, mode, type, size }: Entry): void {
  const what =
    type === 'commit'
      ? 'a submodule'
      : type === 'tree'
        ? 'a folder'
        : mode === '120000'
          ? 'a symbolic link'
          : size > MAX_FILE
            ? `${size} bytes long (${MAX_FILE} are the limit)`
            : undefined;
  if (what === undefined) return;
  throw new OpsError('precondition_failed', `${path} is ${what}.`, 'A person changes it with Git.');
}

function textOf(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Whether a text only points to a file in Git LFS. */
export function isLfsPointer(text: string): boolean {
  return text.startsWith(LFS);
}
