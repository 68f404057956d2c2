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

/** What the daemon sees of the cluster, published every minute. The dashboard knows no Kubernetes verb. */
export const statusSchema = z.object({
  at,
  by: z.string(),
  nodes: part(node),
  pods: part(pod).describe('Only those that are not ready.'),
  alerts: part(alert),
  apps: part(app),
  trends: z.array(trend).default([]),
});
export type Status = z.output<typeof statusSchema>;

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
