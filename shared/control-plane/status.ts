import { z } from 'zod';

const at = z.number().describe('Milliseconds since the epoch.');

/** One part of the status: what was seen, when, and why the last look failed. What was seen before stays, with its age. */
const part = <T extends z.ZodType>(item: T) =>
  z.object({ at, error: z.string().exactOptional(), items: z.array(item) });

const usage = z.object({ used: z.number().min(0), of: z.number().min(0) });

const node = z.object({
  name: z.string(),
  ready: z.boolean(),
  roles: z.array(z.string()),
  /** Conditions that hold and should not: `MemoryPressure`, `DiskPressure`, `PIDPressure`. */
  pressures: z.array(z.string()),
  cpu: usage.exactOptional().describe('Cores.'),
  memory: usage.exactOptional().describe('Bytes.'),
});

const pod = z.object({
  namespace: z.string(),
  name: z.string(),
  reason: z.string(),
  restarts: z.int().min(0),
  since: at.exactOptional(),
});

const alert = z.object({
  name: z.string(),
  severity: z.string(),
  state: z.enum(['firing', 'pending', 'silenced', 'inhibited']),
  namespace: z.string().exactOptional(),
  summary: z.string(),
  since: at.exactOptional(),
});

const app = z.object({
  name: z.string(),
  sync: z.string(),
  health: z.string(),
  revision: z.string().exactOptional(),
  message: z.string().exactOptional(),
});

/** A number of the whole cluster over the last hours, oldest first, for a sparkline. */
const trend = z.object({ name: z.string(), unit: z.enum(['percent', 'count', 'bytes']), points: z.array(z.number()) });

const usd = z.number().min(0).describe('US dollars.');

/** What the daemon does, and what keeps it from doing more. */
const daemon = z.object({
  owner: z.string().describe('Names the process, as leases and steps do.'),
  startedAt: at,
  runs: z
    .array(z.object({ run: z.string(), workflow: z.string(), step: z.string().exactOptional(), since: at }))
    .describe('Those that it drives.'),
  spentTodayUsd: usd,
  budgetTodayUsd: usd,
  problems: z.array(z.object({ what: z.string(), remedy: z.string() })),
  breakers: z
    .array(z.object({ workflow: z.string(), until: at, reason: z.string() }))
    .describe('Workflows that do not start until then.'),
  outboxWaiting: z.int().min(0).describe('Notifications that have not been sent yet.'),
});
export type DaemonStatus = z.output<typeof daemon>;

/** What the daemon sees of the cluster, published every minute. The dashboard knows no Kubernetes verb. */
export const statusSchema = z.object({
  at,
  by: z.string(),
  nodes: part(node),
  pods: part(pod).describe('Only those that are not ready.'),
  alerts: part(alert),
  apps: part(app),
  trends: z.array(trend).default([]),
  daemon: daemon.exactOptional().describe('Absent where a dashboard alone looks at the cluster.'),
});
export type Status = z.output<typeof statusSchema>;

/** Milliseconds for which a daemon's status counts: it publishes one each minute, and may be late. */
const FRESH = 180_000;

/**
 * Whether a daemon leads: its status is there, and new. Status and workflows are then its own to publish, since what is
 * started at the dashboard is started by it; everybody else leaves them alone.
 */
export function isLed(status: Status | undefined, now: number): boolean {
  return status?.daemon !== undefined && Math.abs(now - status.at) < FRESH;
}

/** A workflow as the dashboard lists it: enough to choose one, fill in its inputs and start it. */
const workflowSummarySchema = z.object({
  name: z.string(),
  description: z.string(),
  file: z.string(),
  triggers: z.array(z.string()).describe('`every 6 hours`, `alert KubePodCrashLooping`, `manual`.'),
  inputs: z.array(z.object({ name: z.string(), description: z.string(), required: z.boolean() })),
  steps: z.array(z.object({ name: z.string(), agent: z.string().exactOptional(), what: z.string() })),
  autoApprove: z.array(z.string()),
  nextRunAt: at.exactOptional(),
});
export type WorkflowSummary = z.output<typeof workflowSummarySchema>;

export const workflowListSchema = z.object({ at, by: z.string(), workflows: z.array(workflowSummarySchema) });
export type WorkflowList = z.output<typeof workflowListSchema>;
