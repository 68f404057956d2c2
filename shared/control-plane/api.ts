import { z } from 'zod';
import { approvalSchema, STATES } from '../approvals/approval.ts';
import { ERROR_CODES } from '../kernel/errors.ts';
import { eventSchema } from '../workflow/events.ts';
import { rowSchema } from '../workflow/run-store.ts';
import { RUN_STATUSES } from '../workflow/state.ts';
import {
  actionFilterSchema,
  actionPageSchema,
  alertmanagerSchema,
  auditRecordSchema,
  chainStateSchema,
  daemonContentSchema,
  daemonDocumentSchema,
  inboxEntrySchema,
  inputsSchema,
  limitSchema,
} from './schemas.ts';
import { statusSchema, workflowListSchema } from './status.ts';

/**
 * Who may call a route. `agent`: a token of the servers or of the daemon. `daemon`: of the daemon alone. `approver`: a
 * person who has signed in. `starter`: a person or the daemon, never an agent, which could start a run that approves
 * its own actions. `any`: a token or a person. `webhook`: the token of the Alertmanager, or the daemon's; an alert starts
 * runs, too.
 */
export type Role = 'agent' | 'daemon' | 'approver' | 'starter' | 'any' | 'webhook';

/** One route: the single source for the server, the client and the OpenAPI file. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** `:id` stands for one encoded segment. */
  readonly path: string;
  readonly role: Role;
  readonly summary: string;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Of a 2xx; every other answer is an `errorSchema`. */
  readonly answer: z.ZodType;
}

const route = <const R extends Route>(made: R): R => made;

/** `a,b` in a query. */
const listOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(values)));

const limit = limitSchema.shape.limit;

/** Seconds that a long poll may hold a request: less than what proxies allow by default (60). */
export const MAX_WAIT = 50;
const wait = z.coerce.number().min(0).max(MAX_WAIT).describe('Seconds to wait for a change before the answer.');

/** Bytes of a body at most; more is answered with 413. The dashboard has 64 MiB for everything. */
export const MAX_BODY = 1024 * 1024;

/** Records in one shipment at most. */
export const MAX_SHIPMENT = 500;

export const errorSchema = z.object({
  error: z.object({ code: z.enum(ERROR_CODES), message: z.string(), hint: z.string() }),
});

export const ROUTES = {
  openApproval: route({
    method: 'POST',
    path: '/api/approvals',
    role: 'agent',
    summary: 'Adds an approval; where an open one has its key, that one is the answer.',
    body: approvalSchema,
    answer: approvalSchema,
  }),
  listApprovals: route({
    method: 'GET',
    path: '/api/approvals',
    role: 'any',
    summary: 'Approvals, newest first.',
    query: z.strictObject({ states: listOf(STATES).exactOptional(), limit }),
    answer: z.array(approvalSchema),
  }),
  getApproval: route({
    method: 'GET',
    path: '/api/approvals/:id',
    role: 'any',
    summary:
      'One approval. With `wait` and `state` the answer comes when it is not in that state any more, or in time.',
    query: z.strictObject({ wait: wait.exactOptional(), state: z.enum(STATES).exactOptional() }),
    answer: approvalSchema,
  }),
  swapApproval: route({
    method: 'POST',
    path: '/api/approvals/:id/swap',
    role: 'agent',
    summary:
      'Writes `next` only if the stored state is still `from`. Never to approved or rejected: that is a person’s.',
    body: z.strictObject({ from: z.enum(STATES), next: approvalSchema }),
    answer: z.object({ swapped: z.boolean() }),
  }),
  settleApproval: route({
    method: 'POST',
    path: '/api/approvals/:id/settle',
    role: 'approver',
    summary: 'A person’s answer. The first one counts.',
    body: z.strictObject({ decision: z.enum(['approve', 'reject']), reason: z.string().max(500).exactOptional() }),
    answer: approvalSchema,
  }),
  shipActions: route({
    method: 'POST',
    path: '/api/actions',
    role: 'agent',
    summary: 'Records of the audit log; those that are known already are not added again.',
    body: z.strictObject({ records: z.array(auditRecordSchema).max(MAX_SHIPMENT) }),
    answer: z.object({ added: z.int() }),
  }),
  listActions: route({
    method: 'GET',
    path: '/api/actions',
    role: 'any',
    summary:
      'Records, newest first; `format=jsonl`, or `Accept: application/x-ndjson`, exports all that fit, one a line.',
    query: actionFilterSchema,
    answer: actionPageSchema,
  }),
  listChains: route({
    method: 'GET',
    path: '/api/chains',
    role: 'any',
    summary: 'What the records of each writer prove.',
    answer: z.array(chainStateSchema),
  }),
  listInbox: route({
    method: 'GET',
    path: '/api/inbox',
    role: 'any',
    summary:
      'What has news that nobody has taken in, oldest first; with `wait` the answer comes when there is any. `all` lists the rest, too.',
    query: z.strictObject({ wait: wait.exactOptional(), limit, all: z.literal('true').exactOptional() }),
    answer: z.array(inboxEntrySchema),
  }),
  acknowledge: route({
    method: 'POST',
    path: '/api/inbox/:id/acknowledge',
    role: 'daemon',
    summary: 'Takes an entry in; not where it has news since `version`.',
    body: z.strictObject({ version: z.int(), run: z.string().exactOptional() }),
    answer: z.object({ acknowledged: z.boolean() }),
  }),
  receiveAlerts: route({
    method: 'POST',
    path: '/api/inbox/alertmanager',
    role: 'webhook',
    summary: 'Alertmanager’s webhook. A 2xx says that the alerts are on disk.',
    body: alertmanagerSchema,
    answer: z.object({ received: z.int() }),
  }),
  trigger: route({
    method: 'POST',
    path: '/api/inbox/manual',
    role: 'starter',
    summary: 'Asks the daemon to start a workflow.',
    body: z.strictObject({ workflow: z.string().min(1), inputs: inputsSchema }),
    answer: inboxEntrySchema,
  }),
  listRuns: route({
    method: 'GET',
    path: '/api/runs',
    role: 'any',
    summary: 'Runs of workflows, newest first.',
    query: z.strictObject({
      workflow: z.string().exactOptional(),
      statuses: listOf(RUN_STATUSES).exactOptional(),
      limit,
    }),
    answer: z.array(rowSchema),
  }),
  readRun: route({
    method: 'GET',
    path: '/api/runs/:id/events',
    role: 'any',
    summary: 'The events of a run, in their order; empty where there is no such run.',
    answer: z.array(eventSchema),
  }),
  appendToRun: route({
    method: 'POST',
    path: '/api/runs/:id/events',
    role: 'agent',
    summary:
      'Writes event number `seq` and the row, both or neither. A run that a daemon has begun is written by daemons alone.',
    body: z.strictObject({ seq: z.int().min(0), event: eventSchema, row: rowSchema }),
    answer: z.object({ appended: z.enum(['ok', 'taken', 'locked']) }),
  }),
  publishStatus: route({
    method: 'PUT',
    path: '/api/status',
    role: 'daemon',
    summary: 'Publishes what the daemon sees of the cluster.',
    body: statusSchema,
    answer: z.object({}),
  }),
  getStatus: route({
    method: 'GET',
    path: '/api/status',
    role: 'any',
    summary: 'The newest status; `null` before the first one.',
    answer: statusSchema.nullable(),
  }),
  publishWorkflows: route({
    method: 'PUT',
    path: '/api/workflows',
    role: 'agent',
    summary: 'Publishes the list of workflows.',
    body: workflowListSchema,
    answer: z.object({}),
  }),
  getWorkflows: route({
    method: 'GET',
    path: '/api/workflows',
    role: 'any',
    summary: 'The newest list of workflows; `null` before the first one.',
    answer: workflowListSchema.nullable(),
  }),
  readDaemonState: route({
    method: 'GET',
    path: '/api/daemon-state',
    role: 'daemon',
    summary:
      'Documents that daemons share: all of a part; with `key` that one, if it is there; with `due` those that are due by then.',
    query: z.strictObject({
      part: z.string(),
      key: z.string().exactOptional(),
      due: z.coerce.number().int().exactOptional().describe('Milliseconds since the epoch.'),
    }),
    answer: z.array(daemonDocumentSchema),
  }),
  swapDaemonState: route({
    method: 'POST',
    path: '/api/daemon-state',
    role: 'daemon',
    summary:
      'Writes `next`, or removes the document where that is left out: only while it has this `version` (0: there is none).',
    body: z.strictObject({
      part: z.string(),
      key: z.string(),
      version: z.int().min(0),
      next: daemonContentSchema.exactOptional(),
    }),
    answer: z.object({ swapped: z.boolean() }),
  }),
} as const;

/** Server-sent events: `event: change`, `data: TOPIC`. It carries no data: whoever hears it reads. */
export const EVENTS_PATH = '/api/events';
