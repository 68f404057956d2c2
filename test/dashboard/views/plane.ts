import { Hono } from 'hono';
import { type PagesDeps, pages } from '../../../dashboard/views/index.tsx';
import type { Approval } from '../../../shared/approvals/approval.ts';
import type { AuditRecord } from '../../../shared/audit/record.ts';
import type { ActionFilter, ChainState, InboxEntry } from '../../../shared/control-plane/ports.ts';
import type { Status, WorkflowList } from '../../../shared/control-plane/status.ts';
import type { RunEvent } from '../../../shared/workflow/events.ts';
import type { RunRow } from '../../../shared/workflow/run-store.ts';
import { fakeClock } from '../../support/clock.ts';
import { NOW } from './sample/times.ts';

/** What the dashboard keeps, as far as its pages read it. */
export interface Kept {
  readonly approvals?: readonly Approval[];
  readonly records?: readonly AuditRecord[];
  readonly chains?: readonly ChainState[];
  readonly runs?: Readonly<Record<string, readonly RunEvent[]>>;
  readonly rows?: readonly RunRow[];
  readonly inbox?: readonly InboxEntry[];
  readonly status?: Status;
  readonly workflows?: WorkflowList;
}

/** The ports of the pages over what is given; the stores themselves are tested by their contracts. */
export function planeOf(kept: Kept): PagesDeps {
  const approvals = new Map((kept.approvals ?? []).map((approval) => [approval.id, approval]));
  const never = () => Promise.reject(new Error('the pages do not write this'));
  return {
    clock: fakeClock(NOW),
    currentUser: () => ({ name: 'anna' }),
    csrfToken: () => 'csrf-1',
    approvals: {
      open: never,
      get: async (id) => approvals.get(id),
      list: async ({ states, limit = 100 } = {}) =>
        [...approvals.values()].filter(({ state }) => states?.includes(state) ?? true).slice(0, limit),
      swap: async (from, next) => {
        if (approvals.get(next.id)?.state !== from) return false;
        approvals.set(next.id, next);
        return true;
      },
    },
    actions: {
      ship: never,
      prune: never,
      list: async (filter = {}) => pageOf(kept.records ?? [], filter),
      chains: async () => kept.chains ?? [],
    },
    runs: {
      append: never,
      read: async (run) => kept.runs?.[run] ?? [],
      list: async ({ workflow, limit = 100 } = {}) =>
        (kept.rows ?? []).filter((row) => workflow === undefined || row.workflow === workflow).slice(0, limit),
    },
    inbox: {
      receive: never,
      trigger: never,
      acknowledge: never,
      prune: never,
      waiting: async () => (kept.inbox ?? []).filter(({ version, acknowledged }) => acknowledged !== version),
      list: async () => kept.inbox ?? [],
    },
    board: {
      publishStatus: never,
      publishWorkflows: never,
      status: async () => kept.status,
      workflows: async () => kept.workflows,
    },
  };
}

/** The filters that the views themselves depend on; what a filter finds is the store's affair. */
function pageOf(records: readonly AuditRecord[], { run, server, tool, outcome, limit = 50, before }: ActionFilter) {
  const found = records.filter(
    (record) =>
      (run === undefined || record.run === run) &&
      (server === undefined || record.server === server) &&
      (tool === undefined || record.tool === tool) &&
      (outcome === undefined || record.outcome?.status === outcome),
  );
  const start = before === undefined ? 0 : Number(before);
  const more = start + limit < found.length;
  return { records: found.slice(start, start + limit), ...(more && { next: String(start + limit) }) };
}

/** A page as a browser would get it. */
export async function get(kept: Kept, path: string, change: Partial<PagesDeps> = {}) {
  const app = new Hono().route('/', pages({ ...planeOf(kept), ...change }));
  const response = await app.request(path);
  return { status: response.status, headers: response.headers, html: await response.text() };
}
