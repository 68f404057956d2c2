import type { Approval } from '../approvals/approval.ts';
import type { Approvals } from '../approvals/approvals.ts';
import type { AuditEntry, AuditRecord } from '../audit/record.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Policy } from '../policy/policy.ts';
import type { Call, Caller, RunStep } from './call.ts';

/** Points at which a test build can be killed, between the gate's steps 7 to 10. */
export type FaultPoint = 'claimed' | 'intent' | 'ran' | 'recorded';

export interface GatePorts {
  /** Read anew for each decision, so that a change of the settings counts at once. Throws where they are invalid. */
  readonly policy: () => Policy;
  /** Opened on first use: a server that only reads never opens the database. */
  readonly approvals: () => Approvals | Promise<Approvals>;
  readonly audit: { readonly writer: string; append(entry: AuditEntry): Promise<AuditRecord> };
  readonly clock: Clock;
  /** The step of a run that a call belongs to. Where it cannot be told, the call fails: it throws. */
  readonly runStep?: (call: Call, caller: Caller) => Promise<RunStep | undefined>;
  /** Where a person can answer besides this terminal; undefined where nowhere. */
  readonly desk?: () => Promise<Desk | undefined>;
  readonly limits: () => GateLimits | Promise<GateLimits>;
  /** Gets what went wrong inside, with its cause; the model only gets a pointer to it. */
  readonly log: (message: string, error: unknown) => void;
  readonly faultPoint?: (point: FaultPoint) => void;
}

/** A dashboard, as far as the gate needs one. */
export interface Desk {
  /** Milliseconds that a call waits for an answer. */
  readonly wait: number;
  /** Whether it is on another machine, and so may be out of reach. */
  readonly isRemote: boolean;
  /** Its page; undefined where it waits on this machine alone. */
  link(id: string): Promise<string | undefined>;
  /** The approval when it is not pending any more, or after `ms` as it is. */
  changed(id: string, ms: number, signal: AbortSignal): Promise<Approval | undefined>;
}

/** Times in milliseconds. */
interface GateLimits {
  /** How long an approval stands. */
  readonly approvalLife: number;
  /** After this the client has given up on a call; a person's answer that comes later is for nobody. */
  readonly clientPatience: number;
  /** How long a change may take. */
  readonly deadline: number;
  /** The name of the person at this terminal, for the record. */
  readonly person: string;
}
