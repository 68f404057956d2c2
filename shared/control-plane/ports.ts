import type { ApprovalStore } from '../approvals/store.ts';
import type { AuditRecord, OutcomeStatus } from '../audit/record.ts';
import type { Json } from '../kernel/json.ts';
import type { Tier } from '../policy/verbs.ts';
import type { Alert } from '../workflow/events.ts';
import type { RunStore } from '../workflow/run-store.ts';
import type { Status, WorkflowList } from './status.ts';

export interface ActionFilter {
  readonly agent?: string;
  readonly workflow?: string;
  readonly run?: string;
  readonly tier?: Tier;
  readonly server?: string;
  readonly tool?: string;
  readonly outcome?: OutcomeStatus;
  /** Found in the action, its inputs or its outcome; case does not matter. */
  readonly text?: string;
  /** Milliseconds since the epoch: from (inclusive) and until (exclusive). */
  readonly from?: number;
  readonly until?: number;
  /** A record's cursor: only what is older. */
  readonly before?: string;
  /** 50 unless told. */
  readonly limit?: number;
}

export interface ActionPage {
  readonly records: readonly AuditRecord[];
  /** Where the next page begins; undefined on the last. */
  readonly next?: string;
}

/** What the records of one writer prove: that none is missing and none was changed since it was written. */
export interface ChainState {
  readonly writer: string;
  readonly records: number;
  readonly lastAt: string;
  /** The first record whose number or hash does not fit; undefined where all do. */
  readonly brokenAt?: number;
}

/** The index of the audit log that History reads. The files stay the truth. */
export interface ActionLog {
  /** At least once, idempotent by `id`; says how many were new. */
  ship(records: readonly AuditRecord[]): Promise<number>;
  /** Newest first. */
  list(filter?: ActionFilter): Promise<ActionPage>;
  chains(): Promise<readonly ChainState[]>;
  /** Forgets what is older; says how much that was. */
  prune(before: number): Promise<number>;
}

/** Something that came in from outside and that the daemon has to look at. */
export interface InboxEntry {
  readonly id: string;
  /** Counts its changes: a resolved alert is news of the same entry. */
  readonly version: number;
  readonly receivedAt: number;
  readonly updatedAt: number;
  readonly body:
    | { readonly kind: 'alert'; readonly alert: Alert; readonly groupKey: string }
    | {
        readonly kind: 'manual';
        readonly workflow: string;
        readonly inputs: Readonly<Record<string, Json>>;
        readonly by: string;
      };
  /** How often it was notified of. */
  readonly seen: number;
  /** The version that the daemon has taken in, and the run that it belongs to. */
  readonly acknowledged?: number;
  readonly run?: string;
}

export interface Inbox {
  /** On disk when it returns. An alert is one entry by fingerprint and start; a firing that comes after its resolve changes nothing. */
  receive(groupKey: string, alerts: readonly Alert[], now: number): Promise<readonly InboxEntry[]>;
  trigger(
    manual: { readonly workflow: string; readonly inputs: Readonly<Record<string, Json>>; readonly by: string },
    now: number,
  ): Promise<InboxEntry>;
  /** What has news that nobody has taken in, oldest first. */
  waiting(limit?: number): Promise<readonly InboxEntry[]>;
  list(limit?: number): Promise<readonly InboxEntry[]>;
  /** False where the entry has news since `version`. */
  acknowledge(id: string, version: number, run?: string): Promise<boolean>;
  prune(before: number): Promise<number>;
}

/** The newest status and list of workflows that were published. */
export interface Board {
  publishStatus(status: Status): Promise<void>;
  status(): Promise<Status | undefined>;
  publishWorkflows(list: WorkflowList): Promise<void>;
  workflows(): Promise<WorkflowList | undefined>;
}

/** Small documents of the login: users, sessions, tokens, one-time links, counters. Keys of secrets are their hashes. */
export interface Documents {
  /** False where the key is taken by a document that has not expired. */
  insert(kind: string, key: string, value: Json, expiresAt?: number): Promise<boolean>;
  put(kind: string, key: string, value: Json, expiresAt?: number): Promise<void>;
  get(kind: string, key: string, now: number): Promise<Json | undefined>;
  /** Reads and removes it: of two who take the same one, one gets it. */
  take(kind: string, key: string, now: number): Promise<Json | undefined>;
  list(kind: string, now: number): Promise<readonly { readonly key: string; readonly value: Json }[]>;
  /** Adds one to a counter that starts anew after `expiresAt`; says its value. */
  count(kind: string, key: string, now: number, expiresAt: number): Promise<number>;
  prune(now: number): Promise<number>;
}

/** What daemons have written down: any JSON, and from when on somebody has to look at it (milliseconds since the epoch). */
export interface DaemonContent {
  readonly value: Json;
  readonly due?: number;
}

export interface DaemonDocument extends DaemonContent {
  readonly key: string;
  /** Grows with each write. One that was removed and made anew never comes back to a version that it had. */
  readonly version: number;
}

/**
 * Small documents that daemons share: leases, incidents, when a schedule has fired. They are changed by
 * compare-and-swap alone, so that of two daemons that decide the same thing at once one begins anew.
 */
export interface DaemonState {
  get(part: string, key: string): Promise<DaemonDocument | undefined>;
  /** All of a part, by key. */
  list(part: string): Promise<readonly DaemonDocument[]>;
  /** Those that are due at `by`, the longest due first. */
  due(part: string, by: number): Promise<readonly DaemonDocument[]>;
  /**
   * Writes `next`, or removes the document where that is undefined: only while it has this `version`, which is 0 where
   * there is none. Says whether it did; then it is on disk. Throws `too_large` for more than 256 KiB.
   */
  swap(part: string, key: string, version: number, next: DaemonContent | undefined): Promise<boolean>;
}

/** What is over: approvals that are settled for good, and runs that have ended. */
export interface Past {
  /** Forgets what was made before; says how much that was. */
  prune(before: number): Promise<number>;
}

export type Topic = 'approvals' | 'actions' | 'runs' | 'inbox' | 'status' | 'workflows';

/** Says what has changed, on whichever replica. It carries no data: whoever hears it reads. */
export interface Changes {
  subscribe(listener: (topic: Topic) => void): () => void;
}

/** Everything that the dashboard keeps. Adapters: SQLite, PostgreSQL; over HTTP for those parts that servers need. */
export interface ControlPlane {
  readonly approvals: ApprovalStore;
  readonly runs: RunStore;
  readonly actions: ActionLog;
  readonly inbox: Inbox;
  readonly board: Board;
  readonly documents: Documents;
  readonly daemonState: DaemonState;
  readonly past: Past;
  readonly changes: Changes;
  close(): Promise<void>;
}
