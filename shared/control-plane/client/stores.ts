import type { Approval, ApprovalState } from '../../approvals/approval.ts';
import type { ApprovalFilter, ApprovalStore } from '../../approvals/store.ts';
import { digest } from '../../kernel/digest.ts';
import { OpsError } from '../../kernel/errors.ts';
import type { RunEvent } from '../../workflow/events.ts';
import type { Appended, RunFilter, RunRow, RunStore } from '../../workflow/run-store.ts';
import { MAX_WAIT, ROUTES } from '../api.ts';
import { type ApiClient, isUncertain } from './api-client.ts';

/** Milliseconds after which a dashboard counts as away. */
const PATIENCE = 3_000;

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
      if (!isUncertain(error)) return absent(error) ?? false;
      const stored = await this.get(next.id);
      if (stored !== undefined && digest(stored) === digest(next)) return true;
      throw error;
    }
  }

  /** Whether the dashboard answers, and takes our token: quickly, or it throws. */
  async ping(): Promise<void> {
    await this.#api.call(ROUTES.listApprovals, { query: { limit: 1 }, within: PATIENCE });
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

function absent(error: unknown): undefined {
  if (error instanceof OpsError && error.code === 'not_found') return undefined;
  throw error;
}
