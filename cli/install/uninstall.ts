import { readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '../../shared/kernel/digest.ts';
import type { Context } from '../context.ts';
import { readText, writeAtomically } from '../files.ts';
import { type MergedFile, manifestFile, type OwnedFile, readManifest } from './manifest.ts';
import { unmerge } from './merge.ts';

/** Takes out exactly what install wrote. Returns what it did, one line each; undefined: nothing is installed. */
export function uninstallLayout(context: Context): readonly string[] | undefined {
  const { paths, claudeJson } = context;
  const manifest = readManifest(paths);
  if (manifest === undefined) return undefined;
  // Worked out before anything is written, so that a broken file leaves everything as it was.
  const settings = restored(paths.settings, manifest.settings);
  const servers = restored(claudeJson, manifest.claudeJson);
  const done = [...apply(settings), ...apply(servers), ...manifest.agents.map(removeAgent)];
  rmSync(manifestFile(paths), { force: true });
  for (const made of [paths.calls, join(paths.state, 'compile-cache')]) rmSync(made, { recursive: true, force: true });
  for (const folder of [paths.agents, paths.actionLogs, paths.workflowLogs, dirname(paths.actionLogs), paths.state]) {
    removeIfEmpty(folder);
  }
  if (isThere(paths.state))
    done.push(`kept ${paths.state}: approvals, passphrase and backups; remove it when you need them no more`);
  if (isThere(paths.actionLogs)) done.push(`kept ${paths.actionLogs}: the audit log`);
  return done;
}

interface Restored {
  readonly file: string;
  readonly now: string | undefined;
  /** undefined: the file goes. */
  readonly text: string | undefined;
}

function restored(file: string, record: MergedFile | undefined): Restored {
  const now = readText(file);
  if (now === undefined || record === undefined) return { file, now, text: now };
  if (record.after === sha256(now)) {
    if (record.created) return { file, now, text: undefined };
    if (record.before !== undefined) return { file, now, text: record.before };
  }
  return { file, now, text: unmerge(now, record.changes, file) };
}

function apply({ file, now, text }: Restored): readonly string[] {
  if (text === now) return [];
  if (text === undefined) rmSync(file);
  else writeAtomically(file, text);
  return [`${text === undefined ? 'removed' : 'restored'} ${file}`];
}

function removeAgent({ path, sha256: written, replaced }: OwnedFile): string {
  const now = readText(path);
  if (now === undefined) return `${path} was gone already`;
  if (sha256(now) !== written) return `kept ${path}: you have changed it`;
  if (replaced === undefined) rmSync(path);
  else writeAtomically(path, replaced);
  return `${replaced === undefined ? 'removed' : 'restored'} ${path}`;
}

function removeIfEmpty(folder: string): void {
  if (isThere(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}

function isThere(path: string): boolean {
  try {
    readdirSync(path);
    return true;
  } catch {
    return false;
  }
}
