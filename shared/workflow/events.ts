import { z } from 'zod';
import type { Json } from '../kernel/json.ts';

const json: z.ZodType<Json> = z.json();
const object = z.record(z.string(), json);
const at = z.number().describe('Milliseconds since the epoch.');
const step = z.string();
const attempt = z.int().min(1);

/** An alert as Alertmanager sends it; what it leaves out is not there. */
export const alertSchema = z.object({
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()).default({}),
  status: z.string().default('firing'),
  startsAt: z.string().default(''),
  endsAt: z.string().default(''),
  generatorURL: z.string().default(''),
  fingerprint: z.string().default(''),
});
export type Alert = z.output<typeof alertSchema>;

/** `skipped`: another run held its lock. */
export const END_STATUSES = ['succeeded', 'failed', 'cancelled', 'timed-out', 'skipped'] as const;

/** Who or what started a run. A person may hand over an alert, too. */
const causeSchema = z.object({
  kind: z.enum(['manual', 'schedule', 'alert']),
  by: z.string().describe('A person, an agent’s session, or the daemon.'),
  alert: alertSchema.exactOptional(),
});
export type Cause = z.output<typeof causeSchema>;

const proposedAction = z.object({
  server: z.string(),
  tool: z.string(),
  input: object,
  why: z.string(),
  digest: z.string().describe('Of server, tool, input: what the approval covers.'),
});
export type ProposedAction = z.output<typeof proposedAction>;

/** Exact actions that an answer proposed: one approval covers them all, and nothing else. */
const proposal = z.object({ digest: z.string(), actions: z.array(proposedAction).min(1) });
export type Proposal = z.output<typeof proposal>;

/** How sure one can be of what a failed attempt did. Only after `nothing` is there another attempt. */
const changed = z.enum(['nothing', 'something', 'unknown']);
export type Changed = z.output<typeof changed>;

/** What an attempt of an agent took. Absent where a chat did it: nobody counts there. */
const usageSchema = z.object({
  model: z.string(),
  inputTokens: z.int().min(0),
  outputTokens: z.int().min(0),
  cacheReadTokens: z.int().min(0),
  cacheWriteTokens: z.int().min(0),
  costUsd: z.number().min(0),
  turns: z.int().min(0),
  durationMs: z.number().min(0),
});
export type Usage = Readonly<z.output<typeof usageSchema>>;

const byAgent = {
  usage: usageSchema.exactOptional(),
  transcript: z.string().exactOptional().describe('File with everything that was said, on the machine that ran it.'),
};

const started = z.object({
  type: z.literal('created'),
  at,
  run: z.string(),
  workflow: z.string(),
  hash: z.string().describe('Of the file and its named actions, when the run was started.'),
  cause: causeSchema,
  inputs: object,
  lock: z.string().exactOptional().describe('No other run that holds the same one is active.'),
  deadline: z.number(),
  steps: z.array(step),
});

/** Everything that happens to a run. What is not here has not happened. */
export const eventSchema = z.discriminatedUnion('type', [
  started,
  z.object({ type: z.literal('admitted'), at }),
  z.object({ type: z.literal('chosen'), at, step, value: z.boolean() }),
  z.object({ type: z.literal('skipped'), at, step, reason: z.string() }),
  z.object({
    type: z.literal('step-started'),
    at,
    step,
    attempt,
    deadline: z.number(),
    by: z.string().exactOptional().describe('The daemon that runs it; absent in a chat.'),
  }),
  z.object({
    type: z.literal('step-finished'),
    at,
    step,
    attempt,
    answer: object,
    proposal: proposal.exactOptional(),
    changed: changed.exactOptional().describe('What the agent itself has changed, by the audit log.'),
    ...byAgent,
  }),
  z.object({
    type: z.literal('step-failed'),
    at,
    step,
    attempt: z.int().min(0),
    reason: z.string(),
    changed,
    retryAt: z.number().exactOptional(),
    ...byAgent,
  }),
  z.object({
    type: z.literal('proposal-settled'),
    at,
    step,
    digest: z.string(),
    decision: z.enum(['approved', 'rejected', 'expired']),
    by: z.string(),
    approval: z.string().exactOptional(),
  }),
  z.object({ type: z.literal('action-started'), at, step, index: z.int().min(0) }),
  z.object({
    type: z.literal('action-finished'),
    at,
    step,
    index: z.int().min(0),
    status: z.enum(['ok', 'failed', 'unknown']),
    message: z.string(),
  }),
  z.object({
    type: z.literal('person-decided'),
    at,
    step,
    by: z.string(),
    outcome: z.enum(['succeeded', 'failed']),
    note: z.string(),
  }),
  z.object({ type: z.literal('reported'), at, step, outputs: object }),
  z.object({ type: z.literal('alert-joined'), at, alert: alertSchema }),
  z.object({
    type: z.literal('alert-resolved'),
    at,
    alert: alertSchema,
    left: z.int().min(0).describe('How many alerts of its incident still fire.'),
  }),
  z.object({
    type: z.literal('verified'),
    at,
    result: z.enum(['cleared', 'not-cleared']),
    detail: z.string().describe('What was looked at, and what it showed.'),
  }),
  z.object({ type: z.literal('cancel-requested'), at, by: z.string(), reason: z.string() }),
  z.object({
    type: z.literal('ended'),
    at,
    status: z.enum(END_STATUSES),
    reason: z.string(),
    outputs: object,
  }),
]);
export type RunEvent = z.output<typeof eventSchema>;
export type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;
