import type { z } from 'zod';
import type { Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { count } from '../../shared/kernel/text.ts';
import { type Blob, isLfsPointer, MAX_FILE, readBlob } from './blobs.ts';
import type { files } from './params.ts';
import { type Entry, treeOf } from './trees.ts';

/** How one file changes. Both sides undefined never happens. */
export interface FileChange {
  readonly path: string;
  readonly before: Blob | undefined;
  /** Undefined: it is deleted. */
  readonly after: Pick<Blob, 'text' | 'base64'> | undefined;
}

type FileInput = z.output<typeof files>[number];

/** Works out what the files of a call would become on top of a commit. Nothing is guessed: what does not fit is an error. */
export async function planFiles(
  gitea: Rest,
  repo: string,
  commit: string,
  inputs: readonly FileInput[],
  signal: AbortSignal,
): Promise<readonly FileChange[]> {
  const tree = await treeOf(gitea, repo, commit, signal);
  const twin = inputs.find(({ path }, index) => inputs.findIndex((other) => other.path === path) !== index);
  if (twin !== undefined) throw invalid(twin.path, 'it is there twice', 'Name each file once.');
  const changes = await Promise.all(inputs.map((input) => planFile(gitea, repo, tree, input, signal)));
  const real = changes.filter(({ before, after }) => before?.base64 !== after?.base64);
  if (real.length > 0) return real;
  throw new OpsError(
    'precondition_failed',
    'Every file is as wanted already: there is nothing to commit.',
    'Read it with get_file.',
  );
}

async function planFile(
  gitea: Rest,
  repo: string,
  tree: ReadonlyMap<string, Entry>,
  input: FileInput,
  signal: AbortSignal,
): Promise<FileChange> {
  const { path } = input;
  const entry = tree.get(path);
  const before = entry && (await readBlob(gitea, repo, entry, signal));
  if (before === undefined) demandRoom(tree, path);
  const wanted = wantedText(input, before);
  if (wanted === undefined) return { path, before, after: undefined };
  const size = Buffer.byteLength(wanted);
  if (size > MAX_FILE) throw invalid(path, `${size} bytes; ${MAX_FILE} are the limit`, 'Keep large files out of Git.');
  if (!wanted.isWellFormed()) throw invalid(path, 'it is no valid Unicode', 'Write plain text.');
  return { path, before, after: { text: wanted, base64: Buffer.from(wanted).toString('base64') } };
}

/** Git cannot hold a file where a folder is, nor below a file. */
function demandRoom(tree: ReadonlyMap<string, Entry>, path: string): void {
  const above = path.split('/').map((_, index, all) => all.slice(0, index).join('/'));
  const blocking = above.find((folder) => folder !== '' && tree.get(folder)?.type === 'blob');
  if (blocking !== undefined) throw invalid(path, `${blocking} is a file`, 'Choose another folder.');
}

/** The new content; undefined where the file is to be deleted. */
function wantedText({ path, content, find, replace, delete: remove }: FileInput, before: Blob | undefined) {
  const forms = [content !== undefined, find !== undefined || replace !== undefined, remove === true];
  if (forms.filter(Boolean).length !== 1) {
    throw invalid(
      path,
      'give exactly one of content, find with replace, or delete',
      'For example {path, find, replace}.',
    );
  }
  if (content !== undefined) return content;
  if (before === undefined)
    throw invalid(path, 'it does not exist', 'See list_files, or give its content to create it.');
  if (remove === true) return undefined;
  if (find === undefined || replace === undefined) throw invalid(path, 'find and replace go together', 'Give both.');
  return edited(path, before.text, find, replace);
}

function edited(path: string, text: string | undefined, find: string, replace: string): string {
  if (text === undefined) throw invalid(path, 'it is not a text file', 'Give its whole content.');
  if (isLfsPointer(text)) throw invalid(path, 'its content is in Git LFS', 'A person changes it with Git.');
  const [head, ...tails] = text.split(find);
  if (tails.length === 1) return `${head}${replace}${tails[0]}`;
  const where =
    tails.length === 0 ? 'does not stand in it' : `stands in it ${tails.length} times: ${linesOf(text, find)}`;
  throw invalid(path, `the text to find ${where}`, 'Copy it exactly from get_file, with enough of its surroundings.');
}

function linesOf(text: string, find: string): string {
  const lines: number[] = [];
  for (let at = text.indexOf(find); at >= 0; at = text.indexOf(find, at + find.length))
    lines.push(text.slice(0, at).split('\n').length);
  return `${count(lines.length, 'line').replace(/^\d+ /, '')} ${lines.slice(0, 10).join(', ')}`;
}

function invalid(path: string, what: string, hint: string): OpsError {
  return new OpsError('invalid_input', `${path}: ${what}.`, hint);
}
