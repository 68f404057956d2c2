import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DaemonDocument, DaemonState } from '../shared/control-plane/ports.ts';
import { type Clock, iso } from '../shared/kernel/clock.ts';
import { numberAt } from '../shared/kernel/json.ts';
import type { Paths } from '../shared/kernel/paths.ts';
import type { Catalog } from '../shared/workflow/catalog.ts';
import { pruneTranscripts } from './agent/agents.ts';
import type { DaemonStores } from './stores.ts';

export interface TidyOptions {
  readonly paths: Paths;
  readonly stores: Pick<DaemonStores, 'incidents' | 'daemonState' | 'forget'>;
  readonly catalog: () => Promise<Pick<Catalog, 'workflows' | 'problems'>>;
  readonly clock: Clock;
  /** Whether this daemon leads: only one forgets what all share. */
  readonly leads: boolean;
  /** Whether there is a dashboard: it forgets history by itself, as its own settings say. */
  readonly hasDashboard: boolean;
}

const DAY = 24 * 3_600_000;

/** Milliseconds that budgets of past days are kept, and problems that are over. */
const WEEK = 7 * DAY;
/** Transcripts of agents, incidents without news, and what is known of workflows that are gone. */
const MONTH = 30 * DAY;
/** What people look things up in: runs, approvals, what came in, and the logs of runs. As a dashboard keeps it. */
const QUARTER = 90 * DAY;

/** Forgets what is old. The audit log is nobody's to delete: its files stay. */
export async function tidy(options: TidyOptions): Promise<void> {
  const { paths, stores, clock, leads, hasDashboard } = options;
  const now = clock.now();
  await pruneTranscripts(paths, now - MONTH);
  await pruneRunLogs(paths.workflowLogs, now - QUARTER);
  if (!leads) return;
  await stores.incidents.prune(now - MONTH);
  if (!hasDashboard) await stores.forget?.(now - QUARTER);
  await pruneDocuments(options, now);
}

/** By the day that their names begin with: files are written anew, and copied. A draft is what a crash has left. */
const RUN_LOG = /^\d{4}-\d\d-\d\d-.+\.(jsonl|md)(\.\d+)?$/;

async function pruneRunLogs(folder: string, before: number): Promise<void> {
  const oldest = dayOf(before);
  const names = await readdir(folder).catch(() => []);
  const old = names.filter((name) => RUN_LOG.test(name) && name.slice(0, 10) < oldest);
  await Promise.all(old.map((name) => rm(join(folder, name), { force: true })));
}

async function pruneDocuments({ stores, catalog }: TidyOptions, now: number): Promise<void> {
  const { daemonState } = stores;
  // A day is that of some time zone: one more or less does no harm.
  await drop(daemonState, 'spending', ({ key }) => key < dayOf(now - WEEK));
  await drop(daemonState, 'problems', ({ value }) => (numberAt(value, 'over') ?? now) < now - WEEK);
  const { workflows, problems } = await catalog();
  // A file that cannot be read may be that of a workflow that is missed.
  if (problems.length > 0) return;
  for (const [part, since] of [
    ['schedule', 'after'],
    ['breakers', 'at'],
  ] as const)
    await drop(
      daemonState,
      part,
      ({ key, value }) => !workflows.has(key) && (numberAt(value, since) ?? now) < now - MONTH,
    );
}

/** What another daemon has just changed stays. */
async function drop(state: DaemonState, part: string, isOld: (document: DaemonDocument) => boolean): Promise<void> {
  for (const document of await state.list(part))
    if (isOld(document)) await state.swap(part, document.key, document.version, undefined);
}

function dayOf(ms: number): string {
  return iso(ms).slice(0, 10);
}
