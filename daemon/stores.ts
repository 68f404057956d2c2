import type { z } from 'zod';
import { dashboardApi, openApprovals } from '../shared/boot/desk.ts';
import type { Config } from '../shared/config/schema.ts';
import type { ActionLog, Board, DaemonState, Inbox, InboxEntry } from '../shared/control-plane/ports.ts';
import { openSqlite } from '../shared/control-plane/sqlite/open.ts';
import type { Clock } from '../shared/kernel/clock.ts';
import type { Log } from '../shared/kernel/log.ts';
import type { Paths } from '../shared/kernel/paths.ts';
import { LoggedRunStore } from '../shared/store/run-log.ts';
import type { RunStore } from '../shared/workflow/run-store.ts';
import { Runs } from '../shared/workflow/runs.ts';
import { SharedIncidents } from './incidents/shared.ts';
import type { IncidentStore } from './incidents/store.ts';
import type { Leases } from './lease/lease.ts';
import { SharedLeases } from './lease/shared.ts';
import { type Records, SharedRecords } from './records.ts';
import { type Sleep, sleep } from './sleep.ts';

export interface StoresOptions {
  readonly config: Config;
  readonly paths: Paths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
  /** By a timer unless told. */
  readonly sleep?: Sleep;
}

/** The inbox, from the side that takes things out of it. */
export interface DaemonInbox extends Pick<Inbox, 'waiting' | 'list' | 'acknowledge'> {
  /** What waits, as soon as there is any; nothing after `ms` (or 50 s), or when `signal` is aborted. */
  arrived(ms: number, signal: AbortSignal): Promise<readonly InboxEntry[]>;
}

/** What is at one place. */
interface Place {
  readonly runStore: RunStore;
  readonly inbox: DaemonInbox;
  readonly board: Board;
  readonly actions: Pick<ActionLog, 'list'>;
  readonly daemonState: DaemonState;
  /** Forgets history that began before, in milliseconds since the epoch; absent where only the dashboard may. */
  readonly forget?: (before: number) => Promise<void>;
  close(): Promise<void>;
}

/** Everything that daemons share: at the dashboard where one with a token is set, else in this machine’s file. */
export interface DaemonStores extends Place {
  /** At a dashboard on another machine: each call may fail with an `OpsError` while that is away. */
  readonly isRemote: boolean;
  /** On `runStore`, which also writes this machine’s log of each run. */
  readonly runs: Runs;
  readonly approving: Awaited<ReturnType<typeof openApprovals>>;
  readonly leases: Leases;
  readonly incidents: IncidentStore;
  /** `part` keeps kinds apart. */
  readonly records: <T extends object>(part: string, schema: z.ZodType<T>) => Records<T>;
}

/** Milliseconds between looks at this machine’s inbox. */
const LOOK = 1_000;

/** A dashboard that is away now is no reason not to start. */
export async function openDaemonStores(options: StoresOptions): Promise<DaemonStores> {
  const { paths, clock, log } = options;
  const approving = await openApprovals(options);
  const remote = await atDashboard(options);
  const place = remote ?? onThisMachine(paths, clock, options.sleep);
  const { daemonState } = place;
  const runStore = new LoggedRunStore(place.runStore, paths.workflowLogs, log);
  return {
    ...place,
    isRemote: remote !== undefined,
    runStore,
    runs: new Runs(runStore, clock),
    approving,
    leases: new SharedLeases(daemonState),
    incidents: new SharedIncidents(daemonState),
    records: (part, schema) => new SharedRecords(daemonState, part, schema),
    close: async () => {
      await place.close();
      await approving.close();
    },
  };
}

async function atDashboard(options: StoresOptions): Promise<Place | undefined> {
  const api = await dashboardApi(options);
  if (api === undefined) return undefined;
  const { HttpActionLog, HttpBoard, HttpInbox } = await import('../shared/control-plane/client/feeds.ts');
  const { HttpDaemonState } = await import('../shared/control-plane/client/daemon-state.ts');
  const { HttpRunStore } = await import('../shared/control-plane/client/stores.ts');
  const inbox = new HttpInbox(api);
  return {
    runStore: new HttpRunStore(api),
    inbox: {
      ...takingFrom(inbox),
      arrived: async (ms, signal) => {
        try {
          return await inbox.arrived(ms, signal);
        } catch (error) {
          if (signal.aborted) return [];
          throw error;
        }
      },
    },
    board: new HttpBoard(api),
    actions: new HttpActionLog(api),
    daemonState: new HttpDaemonState(api),
    close: async () => {},
  };
}

function onThisMachine(paths: Paths, clock: Clock, wait: Sleep = sleep): Place {
  const { runs: runStore, inbox, ...plane } = openSqlite(paths.database, clock);
  const arrived: DaemonInbox['arrived'] = async (ms, signal) => {
    const end = clock.now() + ms;
    for (;;) {
      const entries = signal.aborted ? [] : await inbox.waiting();
      const left = end - clock.now();
      if (entries.length > 0 || signal.aborted || left <= 0) return entries;
      await wait(Math.min(LOOK, left), signal);
    }
  };
  const { board, actions, daemonState, past, close } = plane;
  const forget = async (before: number) => {
    for (const part of [actions, inbox, past]) await part.prune(before);
  };
  return { runStore, inbox: { ...takingFrom(inbox), arrived }, board, actions, daemonState, forget, close };
}

/** Its methods, apart from the object that they belong to. */
function takingFrom(inbox: Omit<DaemonInbox, 'arrived'>): Omit<DaemonInbox, 'arrived'> {
  return {
    waiting: (limit) => inbox.waiting(limit),
    list: (limit) => inbox.list(limit),
    acknowledge: (...entry) => inbox.acknowledge(...entry),
  };
}
