import type { Approval, ApprovalState } from '../../approvals/approval.ts';
import type { ApprovalFilter, ApprovalStore } from '../../approvals/store.ts';
import type { AuditRecord } from '../../audit/record.ts';
import { digest } from '../../kernel/digest.ts';
import { OpsError } from '../../kernel/errors.ts';
import type { RunEvent } from '../../workflow/events.ts';
import type { Appended, RunFilter, RunRow, RunStore } from '../../workflow/run-store.ts';
import { MAX_WAIT, ROUTES } from '../api.ts';
import type { ActionFilter, ActionLog, ActionPage, Board, ChainState, Inbox, InboxEntry } from '../ports.ts';
import type { Status, WorkflowList } from '../status.ts';
import { type ApiClient, isUncertain } from './api-client.ts';

/** Approvals at the dashboard. */
export class HttpApprovalStore implements ApprovalStore {
  readonly #api: ApiClient;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  async open(approval: Approval): Promise<Approval> {
    return this.#api.call(ROUTES.openApproval, { body: approval });
  }

  async get(id: string): Promise<Approval | undefined> {
    return this.#get(id, {}, 0);
  }

  async list({ states, limit }: ApprovalFilter = {}): Promise<readonly Approval[]> {
    if (states?.length === 0) return [];
    return this.#api.call(ROUTES.listApprovals, { query: { states: states?.join(','), limit } });
  }

  /** Where the answer got lost, what is stored says whether it was this one that was written. */
  async swap(from: ApprovalState, next: Approval): Promise<boolean> {
    try {
      const { swapped } = await this.#api.call(ROUTES.swapApproval, { id: next.id, body: { from, next } });
      return swapped;
    } catch (error) {
      if (!isUncertain(error)) throw error;
      const stored = await this.get(next.id);
      if (stored !== undefined && digest(stored) === digest(next)) return true;
      throw error;
    }
  }

  /** Long poll: the approval when it is not in `state` any more, or after `ms` as it is. */
  async changed(id: string, state: ApprovalState, ms: number, signal: AbortSignal): Promise<Approval | undefined> {
    const wait = Math.min(ms / 1000, MAX_WAIT);
    return this.#get(id, { wait, state }, wait * 1000, signal);
  }

  async #get(id: string, query: { wait?: number; state?: ApprovalState }, wait: number, signal?: AbortSignal) {
    return this.#api.call(ROUTES.getApproval, { id, query, wait, ...(signal && { signal }) }).catch(absent);
  }
}

/** Runs at the dashboard. */
export class HttpRunStore implements RunStore {
  readonly #api: ApiClient;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  /** Where the answer got lost, what is stored says whether it was this one that was written. */
  async append(seq: number, event: RunEvent, row: RunRow): Promise<Appended> {
    try {
      return (await this.#api.call(ROUTES.appendToRun, { id: row.run, body: { seq, event, row } })).appended;
    } catch (error) {
      if (!isUncertain(error)) throw error;
      const stored = (await this.read(row.run))[seq];
      if (stored !== undefined && digest(stored) === digest(event)) return 'ok';
      throw error;
    }
  }

  async read(run: string): Promise<readonly RunEvent[]> {
    return this.#api.call(ROUTES.readRun, { id: run });
  }

  async list({ workflow, statuses, limit }: RunFilter = {}): Promise<readonly RunRow[]> {
    if (statuses?.length === 0) return [];
    return this.#api.call(ROUTES.listRuns, { query: { workflow, statuses: statuses?.join(','), limit } });
  }
}

/** The index of the audit log at the dashboard, which prunes it by itself. */
export class HttpActionLog implements Omit<ActionLog, 'prune'> {
  readonly #api: ApiClient;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  async ship(records: readonly AuditRecord[]): Promise<number> {
    return (await this.#api.call(ROUTES.shipActions, { body: { records } })).added;
  }

  async list(filter: ActionFilter = {}): Promise<ActionPage> {
    return this.#api.call(ROUTES.listActions, { query: { ...filter } });
  }

  async chains(): Promise<readonly ChainState[]> {
    return this.#api.call(ROUTES.listChains);
  }
}

/** The dashboard's inbox, from the side that takes things out of it. */
export class HttpInbox implements Omit<Inbox, 'receive' | 'trigger' | 'prune'> {
  readonly #api: ApiClient;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  async waiting(limit?: number): Promise<readonly InboxEntry[]> {
    return this.#api.call(ROUTES.listInbox, { query: { limit } });
  }

  /** Long poll: what is waiting as soon as there is any, or nothing after `ms`. */
  async arrived(ms: number, signal: AbortSignal): Promise<readonly InboxEntry[]> {
    const wait = Math.min(ms / 1000, MAX_WAIT);
    return this.#api.call(ROUTES.listInbox, { query: { wait }, wait: wait * 1000, signal });
  }

  async list(limit?: number): Promise<readonly InboxEntry[]> {
    return this.#api.call(ROUTES.listInbox, { query: { limit, all: true } });
  }

  async acknowledge(id: string, version: number, run?: string): Promise<boolean> {
    const body = { version, ...(run !== undefined && { run }) };
    return (await this.#api.call(ROUTES.acknowledge, { id, body })).acknowledged;
  }
}

/** What the daemon publishes at the dashboard. */
export class HttpBoard implements Board {
  readonly #api: ApiClient;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  async publishStatus(status: Status): Promise<void> {
    await this.#api.call(ROUTES.publishStatus, { body: status });
  }

  async status(): Promise<Status | undefined> {
    return (await this.#api.call(ROUTES.getStatus)) ?? undefined;
  }

  async publishWorkflows(list: WorkflowList): Promise<void> {
    await this.#api.call(ROUTES.publishWorkflows, { body: list });
  }

  async workflows(): Promise<WorkflowList | undefined> {
    return (await this.#api.call(ROUTES.getWorkflows)) ?? undefined;
  }
}

function absent(error: unknown): undefined {
  if (error instanceof OpsError && error.code === 'not_found') return undefined;
  throw error;
}
