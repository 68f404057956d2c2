import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { iso } from '../../shared/kernel/clock.ts';
import { sha256 } from '../../shared/kernel/digest.ts';
import type { Paths } from '../../shared/kernel/paths.ts';
import { count } from '../../shared/kernel/text.ts';
import type { Context } from '../context.ts';
import { readText, writeAtomically } from '../files.ts';
import type { OwnedFile } from './manifest.ts';

/** A file of which install writes every byte. */
export interface WantedFile {
  readonly path: string;
  readonly text: string;
}

interface PlannedFile {
  readonly path: string;
  readonly current: string | undefined;
  /** undefined: nothing is written. */
  readonly text: string | undefined;
  /** undefined: the file is the user's own. */
  readonly record: OwnedFile | undefined;
}

/** A file that the user has changed since it was written stays theirs. */
export function planFile({ path, text }: WantedFile, owned: readonly OwnedFile[]): PlannedFile {
  const current = readText(path);
  const mine = owned.find((file) => file.path === path);
  if (mine === undefined && current === text) return { path, current, text: undefined, record: undefined };
  const changed = mine !== undefined && current !== undefined && sha256(current) !== mine.sha256;
  if (changed && current !== text) return { path, current, text: undefined, record: mine };
  const replaced = mine === undefined ? current : mine.replaced;
  const record = { path, sha256: sha256(text), ...(replaced !== undefined && { replaced }) };
  return { path, current, text: current === text ? undefined : text, record };
}

/** Writes what is planned. Returns what it did; what is new is counted by folder. */
export function writeFiles(context: Context, files: readonly PlannedFile[]): readonly string[] {
  const { home } = context.paths;
  const isNew = ({ current, text }: PlannedFile) => current === undefined && text !== undefined;
  const lines = files.flatMap((file) => (isNew(file) ? [] : writeFile(context, file)));
  const created = files.filter(isNew);
  for (const { path, text = '' } of created) writeAtomically(path, text);
  const folders = Map.groupBy(created, ({ path }) => join(home, relative(home, path).split(sep)[0] ?? ''));
  return [...[...folders].map(([folder, made]) => `created ${count(made.length, 'file')} in ${folder}`), ...lines];
}

function writeFile({ paths, clock }: Context, { path, current, text, record }: PlannedFile): readonly string[] {
  if (text === undefined) {
    const kept = record !== undefined && current !== undefined && sha256(current) !== record.sha256;
    return kept ? [`kept ${path}: you have changed it (remove it, and install again, to get ours)`] : [];
  }
  const foreign = current !== undefined && record?.replaced === current;
  const backup = foreign ? backUp(paths, path, current, clock.now()) : undefined;
  writeAtomically(path, text);
  return [backup === undefined ? `updated ${path}` : `replaced ${path} (backup: ${backup}); uninstall puts yours back`];
}

/** Copies what is about to be replaced, under a name that tells where it stood. Returns where to. */
export function backUp({ home, state }: Paths, file: string, text: string, now: number): string {
  const name = (isBelow(file, home) ? relative(home, file) : basename(file)).replaceAll(sep, '-');
  const backup = join(state, 'backups', `${name}.${iso(now).replaceAll(':', '-')}`);
  writeAtomically(backup, text, 0o600);
  return backup;
}

/** Takes a file out again, or puts back what stood there, and removes the folders below `home` that are empty by it. */
export function removeFile({ path, sha256: written, replaced }: OwnedFile, home: string): string {
  const now = readText(path);
  if (now !== undefined && sha256(now) !== written) return `kept ${path}: you have changed it`;
  if (now !== undefined && replaced !== undefined) {
    writeAtomically(path, replaced);
    return `restored ${path}`;
  }
  rmSync(path, { force: true });
  let folder = dirname(path);
  while (isBelow(folder, home) && removeIfEmpty(folder)) folder = dirname(folder);
  return now === undefined ? `${path} was gone already` : `removed ${path}`;
}

function isBelow(path: string, home: string): boolean {
  const from = relative(home, path);
  return from !== '' && !from.startsWith('..');
}

/** Whether the folder is gone. */
export function removeIfEmpty(folder: string): boolean {
  if (!existsSync(folder)) return true;
  if (readdirSync(folder).length > 0) return false;
  rmdirSync(folder);
  return true;
}
