import type { AuditRecord } from '../../audit/record.ts';
import { MAX_WAIT, ROUTES } from '../api.ts';
import type { ActionFilter, ActionLog, ActionPage, Board, ChainState, Inbox, InboxEntry } from '../ports.ts';
import type { Status, WorkflowList } from '../status.ts';
import type { ApiClient } from './api-client.ts';

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
