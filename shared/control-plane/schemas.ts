import { z } from 'zod';
import { type AuditRecord, OUTCOME_STATUSES } from '../audit/record.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import { alertSchema } from '../workflow/events.ts';
import type { ActionFilter, DaemonContent, DaemonDocument, InboxEntry } from './ports.ts';

const json: z.ZodType<Json> = z.json();
export const inputsSchema: z.ZodType<JsonObject> = z.record(z.string(), json);

const TIERS = ['safe', 'confirm', 'forbidden'] as const;

const loggedAction = z.object({
  verb: z.string(),
  kind: z.string().exactOptional(),
  namespace: z.string().exactOptional(),
  name: z.string().exactOptional(),
});

/** One line of the audit log. Loose: a record keeps every field that its hash covers, those of newer versions too. */
export const auditRecordSchema: z.ZodType<AuditRecord> = z.looseObject({
  id: z.string().min(1).max(200),
  at: z.iso.datetime(),
  phase: z.enum(['intent', 'outcome']),
  call: z.string(),
  agent: z.string().exactOptional(),
  session: z.string().exactOptional(),
  server: z.string(),
  tool: z.string(),
  action: z.array(loggedAction),
  inputs: inputsSchema,
  masked: z.array(z.string()),
  tier: z.enum(TIERS).exactOptional(),
  rule: z.string().exactOptional(),
  approval: z.looseObject({
    type: z.enum(['auto', 'user-confirmed', 'workflow', 'none']),
    id: z.string().exactOptional(),
    by: z.string().exactOptional(),
    via: z.string().exactOptional(),
  }),
  workflow: z.string().exactOptional(),
  run: z.string().exactOptional(),
  step: z.string().exactOptional(),
  outcome: z
    .looseObject({ status: z.enum(OUTCOME_STATUSES), message: z.string(), durationMs: z.number() })
    .exactOptional(),
  writer: z.string().min(1).max(200),
  seq: z.int().min(1),
  prev: z.string(),
  hash: z.string(),
});

const limit = z.coerce.number().int().min(1).max(1000);
const time = z.coerce.number().describe('Milliseconds since the epoch.');

/** As a query string carries it. */
export const actionFilterSchema: z.ZodType<ActionFilter> = z.strictObject({
  agent: z.string().exactOptional(),
  workflow: z.string().exactOptional(),
  run: z.string().exactOptional(),
  tier: z.enum(TIERS).exactOptional(),
  server: z.string().exactOptional(),
  tool: z.string().exactOptional(),
  outcome: z.enum(OUTCOME_STATUSES).exactOptional(),
  text: z.string().max(200).exactOptional(),
  from: time.exactOptional(),
  until: time.exactOptional(),
  before: z.string().exactOptional(),
  limit: limit.exactOptional(),
});

export const limitSchema = z.strictObject({ limit: limit.exactOptional() });

export const actionPageSchema = z.object({ records: z.array(auditRecordSchema), next: z.string().exactOptional() });

export const chainStateSchema = z.object({
  writer: z.string(),
  records: z.int(),
  lastAt: z.string(),
  brokenAt: z.int().exactOptional(),
});

export const inboxEntrySchema: z.ZodType<InboxEntry> = z.object({
  id: z.string(),
  version: z.int(),
  receivedAt: z.number(),
  updatedAt: z.number(),
  body: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('alert'), alert: alertSchema, groupKey: z.string() }),
    z.object({ kind: z.literal('manual'), workflow: z.string(), inputs: inputsSchema, by: z.string() }),
  ]),
  seen: z.int(),
  acknowledged: z.int().exactOptional(),
  run: z.string().exactOptional(),
});

/** Alertmanager's webhook, version 4; what newer ones add is left alone. */
export const alertmanagerSchema = z.looseObject({
  version: z.literal('4'),
  groupKey: z.string(),
  alerts: z.array(alertSchema).max(1000),
});

const daemonContent = z.strictObject({ value: json, due: z.int().exactOptional() });
export const daemonContentSchema: z.ZodType<DaemonContent> = daemonContent;
export const daemonDocumentSchema: z.ZodType<DaemonDocument> = daemonContent.extend({
  key: z.string(),
  version: z.int().min(1),
});
