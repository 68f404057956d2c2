import { z } from 'zod';
import type { Approval } from '../approvals/approval.ts';

/** From the least to the most. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

const at = z.number().describe('Milliseconds since the epoch.');

const common = {
  /** Names this message for good: what was stored under it once is never stored again. */
  id: z.string(),
  at,
  severity: z.enum(SEVERITIES),
  workflow: z.string().exactOptional(),
  /** What it is about; a message in none passes every filter of namespaces. */
  namespaces: z.array(z.string()).readonly(),
  /** The page of the dashboard that it leads to. */
  link: z.url({ protocol: /^https?$/ }).exactOptional(),
};

/** Everything that a person is told of. The texts may come from outside: nobody shows them but through `contentOf`. */
export const notificationSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('approval-wanted'),
    ...common,
    approval: z.string(),
    what: z.string(),
    change: z.string(),
    why: z.string(),
    risk: z.string(),
    expiresAt: at,
  }),
  z.object({
    kind: z.literal('incident-opened'),
    ...common,
    incident: z.string(),
    alerts: z.array(z.string()).readonly(),
  }),
  z.object({
    kind: z.literal('incident-worse'),
    ...common,
    incident: z.string(),
    alerts: z.array(z.string()).readonly(),
    before: z.string().exactOptional().describe('How it had been.'),
    openedAt: at,
  }),
  z.object({
    kind: z.literal('incident-closed'),
    ...common,
    incident: z.string(),
    outcome: z.string(),
    remains: z.string().exactOptional().describe('What is left for a person; absent where nothing is.'),
    openedAt: at,
  }),
  z.object({
    kind: z.literal('run-failed'),
    ...common,
    workflow: z.string(),
    run: z.string(),
    step: z.string().exactOptional(),
    reason: z.string(),
  }),
  z.object({ kind: z.literal('daemon-unhealthy'), ...common, problem: z.string(), remedy: z.string() }),
  z.object({ kind: z.literal('daemon-healthy'), ...common, problem: z.string(), since: at.exactOptional() }),
  z.object({ kind: z.literal('test'), ...common, channel: z.string() }),
]);
export type Notification = z.output<typeof notificationSchema>;
export type NotificationKind = Notification['kind'];

/** What a channel may be limited to; a test is always wanted. */
export const KINDS = [
  'approval-wanted',
  'incident-opened',
  'incident-worse',
  'incident-closed',
  'run-failed',
  'daemon-unhealthy',
  'daemon-healthy',
] as const satisfies readonly NotificationKind[];

export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}

/** The message that asks a person for this approval, once. */
export function approvalWanted(
  approval: Approval,
  about: {
    readonly severity: Severity;
    readonly namespaces: readonly string[];
    readonly workflow?: string;
    readonly link?: string;
  },
): Notification {
  const { id, what, change, why, risk, createdAt, expiresAt } = approval;
  return {
    kind: 'approval-wanted',
    id: `approval-wanted ${id}`,
    at: createdAt,
    ...about,
    approval: id,
    what,
    change,
    why,
    risk,
    expiresAt,
  };
}
