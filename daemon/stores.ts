import type { z } from 'zod';
import { dashboardApi, openApprovals } from '../shared/boot/desk.ts';
import type { Config } from '../shared/config/schema.ts';
import type { ActionLog, Board, Inbox, InboxEntry } from '../shared/control-plane/ports.ts';
import { openSqlite } from '../shared/control-plane/sqlite/open.ts';
import type { Clock } from '../shared/kernel/clock.ts';
import type { Log } from '../shared/kernel/log.ts';
import type { Paths } from '../shared/kernel/paths.ts';
import { LoggedRunStore } from '../shared/store/run-log.ts';
import type { RunStore } from '../shared/workflow/run-store.ts';
import { Runs } from '../shared/workflow/runs.ts';
import { SqliteIncidents } from './incidents/sqlite.ts';
import type { IncidentStore } from './incidents/store.ts';
import type { Leases } from './lease/lease.ts';
import { SqliteLeases } from './lease/sqlite.ts';
import type { Records } from './records.ts';
import { sleep } from './sleep.ts';
import { SqliteRecords } from './sqlite-records.ts';

export interface StoresOptions {
  readonly config: Config;
  readonly paths: Paths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
}

/** The inbox, from the side that takes things out of it. */
export interface DaemonInbox extends Pick<Inbox, 'waiting' | 'list' | 'acknowledge'> {
  /** What waits, as soon as there is any; nothing after `ms`, or when `signal` is aborted. */
  arrived(ms: number, signal: AbortSignal): Promise<readonly InboxEntry[]>;
}

/** Where runs and the stores beside them are. */
interface Shared {
  readonly runStore: RunStore;
  readonly inbox: DaemonInbox;
  readonly board: Board;
  readonly actions: Pick<ActionLog, 'list'>;
  close(): Promise<void>;
}

/** Everything that daemons share: at the dashboard where one with a token is set, else in this machine’s file. */
export interface DaemonStores extends Shared {
  /** At a dashboard on another machine: each call may fail with an `OpsError` while that is away. */
  readonly isRemote: boolean;
  /** On `runStore`, which also writes this machine’s log of each run. */
  readonly runs: Runs;
  readonly approving: Awaited<ReturnType<typeof openApprovals>>;
  readonly leases: Leases;
  readonly incidents: IncidentStore;
  /** `part` keeps kinds apart. */
  readonly records: <T>(part: string, schema: z.ZodType<T>) => Records<T>;
}

/** Milliseconds between looks at this machine’s inbox. */
const LOOK = 1_000;

/** A dashboard that is away now is no reason not to start. */
export async function openDaemonStores(options: StoresOptions): Promise<DaemonStores> {
  const { config, paths, env, clock, log } = options;
  const approving = await openApprovals({ config, paths, env, clock });
  const remote = await atDashboard(options);
  const shared = remote ?? hereIn(paths, clock);
  const runStore = new LoggedRunStore(shared.runStore, paths.workflowLogs, log);
  return {
    ...shared,
    isRemote: remote !== undefined,
    runStore,
    runs: new Runs(runStore, clock),
    approving,
    leases: new SqliteLeases(paths.database),
    incidents: new SqliteIncidents(paths.database),
    records: (part, schema) => new SqliteRecords(part, schema, paths.database),
    close: async () => {
      await shared.close();
      await approving.close();
    },
  };
}

async function atDashboard({ config, env }: StoresOptions): Promise<Shared | undefined> {
  const api = await dashboardApi({ config, env });
  if (api === undefined) return undefined;
  const { HttpActionLog, HttpBoard, HttpInbox } = await import('../shared/control-plane/client/feeds.ts');
  const { HttpRunStore } = await import('../shared/control-plane/client/stores.ts');
  const inbox = new HttpInbox(api);
  return {
    runStore: new HttpRunStore(api),
    inbox,
    board: new HttpBoard(api),
    actions: new HttpActionLog(api),
    close: async () => {},
  };
}

function hereIn(paths: Paths, clock: Clock): Shared {
  const { runs: runStore, inbox, board, actions, close } = openSqlite(paths.database, clock);
  const arrived: DaemonInbox['arrived'] = async (ms, signal) => {
    const end = clock.now() + ms;
    for (;;) {
      const entries = await inbox.waiting();
      if (entries.length > 0 || signal.aborted || clock.now() >= end) return entries;
      await sleep(Math.min(LOOK, end - clock.now()), signal);
    }
  };
  return {
    runStore,
    inbox: {
      arrived,
      waiting: (limit) => inbox.waiting(limit),
      list: (limit) => inbox.list(limit),
      acknowledge: (...entry) => inbox.acknowledge(...entry),
    },
    board,
    actions,
    close,
  };
}
