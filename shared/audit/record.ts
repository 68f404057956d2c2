import type { JsonObject } from '../kernel/json.ts';
import type { Tier } from '../policy/verbs.ts';

/** What came of a call. `pending` and `void`: nothing has run. `unknown`: it may have run. */
export const OUTCOME_STATUSES = [
  'ok',
  'error',
  'refused',
  'pending',
  'rejected',
  'expired',
  'void',
  'cancelled',
  'unknown',
] as const;
export type OutcomeStatus = (typeof OUTCOME_STATUSES)[number];

export interface LoggedAction {
  readonly verb: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** What the gate says of a call; the log adds who wrote it, when, and the chain. */
export interface AuditEntry {
  readonly phase: 'intent' | 'outcome';
  /** The same in a change's intent and outcome. */
  readonly call: string;
  readonly agent?: string;
  readonly session?: string;
  readonly server: string;
  readonly tool: string;
  readonly action: readonly LoggedAction[];
  /** Redacted; `masked` lists the paths of what was taken out. */
  readonly inputs: JsonObject;
  readonly masked: readonly string[];
  readonly tier?: Tier;
  readonly rule?: string;
  readonly approval: {
    readonly type: 'auto' | 'user-confirmed' | 'workflow' | 'none';
    readonly id?: string;
    readonly by?: string;
    readonly via?: string;
  };
  readonly workflow?: string;
  readonly run?: string;
  readonly step?: string;
  readonly outcome?: { readonly status: OutcomeStatus; readonly message: string; readonly durationMs: number };
}

/** One line of `logs/actions/YYYY-MM-DD-actions.jsonl`. Frozen by test/golden/audit-record.json. */
export interface AuditRecord extends AuditEntry {
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** Each process that writes has its own chain, so that no lock is shared. */
  readonly writer: string;
  /** From 1, without a gap. */
  readonly seq: number;
  /** `hash` of this writer's record before; 64 zeros in its first. */
  readonly prev: string;
  /** SHA-256 over the canonical JSON of everything else. */
  readonly hash: string;
}

export const CHAIN_START = '0'.repeat(64);
