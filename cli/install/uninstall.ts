import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '../../shared/kernel/digest.ts';
import type { Context } from '../context.ts';
import { readText, writeAtomically } from '../files.ts';
import { type MergedFile, manifestFile, readManifest } from './manifest.ts';
import { unmerge } from './merge.ts';
import { removeFile, removeIfEmpty } from './owned.ts';

/** Takes out exactly what install wrote. Returns what it did, one line each; undefined: nothing is installed. */
export function uninstallLayout(context: Context): readonly string[] | undefined {
  const { paths, claudeJson } = context;
  const manifest = readManifest(paths);
  if (manifest === undefined) return undefined;
  // Worked out before anything is written, so that a broken file leaves everything as it was.
  const settings = restored(paths.settings, manifest.settings);
  const servers = restored(claudeJson, manifest.claudeJson);
  const done = [...apply(settings), ...apply(servers), ...manifest.files.map((file) => removeFile(file, paths.home))];
  rmSync(manifestFile(paths), { force: true });
  for (const made of [paths.calls, join(paths.state, 'compile-cache')]) rmSync(made, { recursive: true, force: true });
  for (const folder of [paths.actionLogs, paths.workflowLogs, dirname(paths.actionLogs), paths.state]) {
    removeIfEmpty(folder);
  }
  if (existsSync(paths.state))
    done.push(`kept ${paths.state}: approvals, passphrase and backups; remove it when you need them no more`);
  if (existsSync(paths.actionLogs)) done.push(`kept ${paths.actionLogs}: the audit log`);
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
