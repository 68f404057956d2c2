import { z } from 'zod';
import type { Json } from '../kernel/json.ts';

export const STATES = [
  'pending',
  'approved',
  'rejected',
  'expired',
  'void',
  'executing',
  'executed',
  'failed',
  'unknown',
] as const;
export type ApprovalState = (typeof STATES)[number];

/** The moves that exist. A settled approval never changes. */
export const NEXT: Readonly<Record<ApprovalState, readonly ApprovalState[]>> = {
  pending: ['approved', 'rejected', 'expired', 'void'],
  approved: ['executing', 'expired', 'void'],
  executing: ['executed', 'failed', 'unknown'],
  rejected: [],
  expired: [],
  void: [],
  executed: [],
  failed: [],
  unknown: [],
};

/** States in which an approval still stands for its exact content: at most one of these per key. */
export const OPEN_STATES: readonly ApprovalState[] = ['pending', 'approved', 'executing'];

/** How an answer reached us. */
const channels = ['terminal', 'cli', 'dashboard'] as const;
export type Channel = (typeof channels)[number];

const json: z.ZodType<Json> = z.json();

/** The shape that every store keeps. */
export const approvalSchema = z.object({
  id: z.string(),
  /** Digest of server, tool, input and run: the same arguments find the same approval. */
  key: z.string(),
  server: z.string(),
  tool: z.string(),
  /** `scale Deployment/web in shop`, one line an action. */
  what: z.string(),
  /** `replicas 2 → 5`, `+12 −3 lines` */
  change: z.string(),
  why: z.string(),
  risk: z.string(),
  /** The whole preview: diff, dependents, warnings. */
  details: z.string(),
  /** Digest of what the preview saw of its targets (UIDs and content). */
  fingerprint: z.string(),
  /** Redacted. */
  input: z.record(z.string(), json),
  agent: z.string().exactOptional(),
  session: z.string().exactOptional(),
  run: z.string().exactOptional(),
  rule: z.string(),
  state: z.enum(STATES),
  /** Milliseconds since the epoch, as are all times here. */
  createdAt: z.number(),
  expiresAt: z.number(),
  settled: z
    .object({ at: z.number(), by: z.string(), via: z.enum(channels), reason: z.string().exactOptional() })
    .exactOptional(),
  /** Who executes it, in which call, and until when at the latest. */
  claim: z.object({ at: z.number(), writer: z.string(), call: z.string(), deadline: z.number() }).exactOptional(),
  /** What came of it, or why it is void. */
  result: z.string().exactOptional(),
});

export type Approval = Readonly<z.output<typeof approvalSchema>>;

/** The same approval in another state. An illegal move is a bug of ours, so it throws. */
export function move(approval: Approval, to: ApprovalState, change: Partial<Approval> = {}): Approval {
  if (!NEXT[approval.state].includes(to)) {
    throw new Error(`approval ${approval.id}: no move from ${approval.state} to ${to}`);
  }
  return { ...approval, ...change, state: to };
}

export function isOverdue(approval: Approval, now: number): boolean {
  return (approval.state === 'pending' || approval.state === 'approved') && now >= approval.expiresAt;
}
