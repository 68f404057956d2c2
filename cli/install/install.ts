import { mkdirSync } from 'node:fs';
import { sha256 } from '../../shared/kernel/digest.ts';
import type { Context } from '../context.ts';
import { readText, writeAtomically } from '../files.ts';
import { layoutFiles } from './layout.ts';
import { EMPTY, type Manifest, type MergedFile, readManifest, writeManifest } from './manifest.ts';
import { merge, parseJsonc, unmerge, type Wanted } from './merge.ts';
import { backUp, planFile, removeFile, writeFiles } from './owned.ts';
import { wantedServers, wantedSettings } from './wanted.ts';

/** Writes the layout into the Claude folder. Returns what it did, one line each; none: everything was there. */
export function installLayout(context: Context): readonly string[] {
  const { paths, claudeJson } = context;
  const manifest = readManifest(paths) ?? EMPTY;
  // Both are merged before either is written, so that a broken file leaves everything as it was.
  const settings = plan(paths.settings, manifest.settings, wantedSettings(context), true);
  const servers = plan(claudeJson, manifest.claudeJson, wantedServers(context), false);
  const wanted = layoutFiles(context, parseJsonc(settings.text, paths.settings));
  const files = wanted.map((file) => planFile(file, manifest.files));
  // Of an earlier version, or of a domain that is gone.
  const stale = manifest.files.filter(({ path }) => !wanted.some((file) => file.path === path));
  const next: Manifest = {
    version: 2,
    settings: settings.record,
    claudeJson: servers.record,
    files: files.flatMap(({ record }) => record ?? []),
  };
  // The manifest goes first: what it names and is not there is no harm, what it does not name would stay for ever.
  if (JSON.stringify(next) !== JSON.stringify(manifest)) writeManifest(paths, next);
  for (const folder of [paths.actionLogs, paths.workflowLogs, paths.calls])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  return [
    ...apply(context, settings),
    ...apply(context, servers),
    ...stale.map((file) => removeFile(file, paths.home)),
    ...writeFiles(context, files),
  ];
}

interface PlannedMerge {
  readonly file: string;
  readonly before: string | undefined;
  readonly text: string;
  readonly record: MergedFile;
}

/** Our own entries of an earlier version are taken out first, where they differ from what is wanted now. */
function plan(
  file: string,
  known: MergedFile | undefined,
  wanted: readonly Wanted[],
  keepBefore: boolean,
): PlannedMerge {
  const before = readText(file);
  const start = before ?? '{}\n';
  const stale = (known?.changes ?? []).filter(
    (change) => change.kind !== 'holder' && !wanted.some((want) => isSame(want, change)),
  );
  const { text, changes } = merge(unmerge(start, stale, file), wanted, file);
  const untouched = known !== undefined && known.after === sha256(start);
  const first = untouched ? known.before : known === undefined ? before : undefined;
  const kept = (known?.changes ?? []).filter((change) => !stale.includes(change));
  const record: MergedFile = {
    created: known === undefined ? before === undefined : known.created && untouched,
    ...(keepBefore && first !== undefined && { before: first }),
    after: sha256(text),
    changes: [...kept, ...changes],
  };
  return { file, before, text, record };
}

function isSame(want: Wanted, change: MergedFile['changes'][number]): boolean {
  return (
    JSON.stringify([want.kind, want.path, want.value]) === JSON.stringify([change.kind, change.path, change.value])
  );
}

function apply({ paths, clock }: Context, { file, before, text, record }: PlannedMerge): readonly string[] {
  if (text === before) return [];
  const backup = before === undefined ? undefined : backUp(paths, file, before, clock.now());
  writeAtomically(file, text, 0o600);
  const replaced = record.changes.flatMap((change) =>
    change.kind === 'key' && change.old !== undefined ? [change.path.join('.')] : [],
  );
  return [
    `${before === undefined ? 'created' : 'changed'} ${file}${backup ? ` (backup: ${backup})` : ''}`,
    ...replaced.map((path) => `  your own "${path}" was replaced; uninstall puts it back`),
  ];
}
