import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { iso } from '../../shared/kernel/clock.ts';
import { sha256 } from '../../shared/kernel/digest.ts';
import type { Context } from '../context.ts';
import { readText, writeAtomically } from '../files.ts';
import { type AgentFile, agentFiles } from './agents.ts';
import { EMPTY, type Manifest, type MergedFile, type OwnedFile, readManifest, writeManifest } from './manifest.ts';
import { merge, parseJsonc, unmerge, type Wanted } from './merge.ts';
import { wantedServers, wantedSettings } from './wanted.ts';

/** Writes the layout into the Claude folder. Returns what it did, one line each; none: everything was there. */
export function installLayout(context: Context): readonly string[] {
  const { paths, claudeJson } = context;
  const manifest = readManifest(paths) ?? EMPTY;
  // Both are merged before either is written, so that a broken file leaves everything as it was.
  const settings = plan(paths.settings, manifest.settings, wantedSettings(context), true);
  const servers = plan(claudeJson, manifest.claudeJson, wantedServers(context), false);
  const agents = agentFiles(context, parseJsonc(settings.text, paths.settings));
  const owned = agents.map((agent) => planAgent(agent, manifest.agents));
  const next: Manifest = {
    version: 1,
    settings: settings.record,
    claudeJson: servers.record,
    agents: owned.flatMap(({ record }) => record ?? []),
  };
  // The manifest goes first: what it names and is not there is no harm, what it does not name would stay for ever.
  if (JSON.stringify(next) !== JSON.stringify(manifest)) writeManifest(paths, next);
  for (const folder of [paths.actionLogs, paths.workflowLogs, paths.calls])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  return [
    ...apply(context, settings),
    ...apply(context, servers),
    ...owned.flatMap((agent) => writeAgent(context, agent)),
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
  const backup =
    before === undefined ? undefined : backUp(join(paths.state, 'backups'), file, before, iso(clock.now()));
  writeAtomically(file, text, 0o600);
  const replaced = record.changes.flatMap((change) =>
    change.kind === 'key' && change.old !== undefined ? [change.path.join('.')] : [],
  );
  return [
    `${before === undefined ? 'created' : 'changed'} ${file}${backup ? ` (backup: ${backup})` : ''}`,
    ...replaced.map((path) => `  your own "${path}" was replaced; uninstall puts it back`),
  ];
}

function backUp(folder: string, file: string, text: string, at: string): string {
  const backup = join(folder, `${basename(file)}.${at.replaceAll(':', '-')}`);
  writeAtomically(backup, text, 0o600);
  return backup;
}

interface PlannedAgent {
  readonly path: string;
  readonly current: string | undefined;
  /** undefined: nothing is written. */
  readonly text: string | undefined;
  /** undefined: the file is the user's own. */
  readonly record: OwnedFile | undefined;
}

/** A prompt that the user has changed since stays theirs. */
function planAgent({ path, text }: AgentFile, owned: readonly OwnedFile[]): PlannedAgent {
  const current = readText(path);
  const mine = owned.find((file) => file.path === path);
  if (mine === undefined && current === text) return { path, current, text: undefined, record: undefined };
  const changed = mine !== undefined && current !== undefined && sha256(current) !== mine.sha256;
  if (changed && current !== text) return { path, current, text: undefined, record: mine };
  const replaced = mine === undefined ? current : mine.replaced;
  const record = { path, sha256: sha256(text), ...(replaced !== undefined && { replaced }) };
  return { path, current, text: current === text ? undefined : text, record };
}

function writeAgent({ paths, clock }: Context, { path, current, text, record }: PlannedAgent): readonly string[] {
  if (text === undefined) {
    const kept = record !== undefined && current !== undefined && sha256(current) !== record.sha256;
    return kept ? [`kept ${path}: you have changed it (remove it, and install again, to get ours)`] : [];
  }
  const foreign = current !== undefined && record?.replaced === current;
  const backup = foreign ? backUp(join(paths.state, 'backups'), path, current, iso(clock.now())) : undefined;
  writeAtomically(path, text);
  if (backup !== undefined) return [`replaced ${path} (backup: ${backup}); uninstall puts yours back`];
  return [`${current === undefined ? 'created' : 'updated'} ${path}`];
}
