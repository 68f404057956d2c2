import { OpsError } from '../kernel/errors.ts';

export type Report = (progress: string) => void;

/** What a permit was given for. */
export interface Grant {
  readonly call: string;
  readonly agent?: string;
  readonly session?: string;
  /** The approval that it rests on, and who gave it; none for what is safe. */
  readonly approval?: { readonly id: string; readonly by: string };
}

/** Permits that are in force: minted by the gate, revoked by it when the call has ended. */
const inForce = new WeakSet<Permit>();

/**
 * Proof that the gate let one call through: every port that changes something demands one.
 * Only `gate/execute.ts` mints them (a dependency rule checks it).
 */
export class Permit {
  readonly grant: Grant;
  /** Aborts when the client cancels or the deadline has passed. */
  readonly signal: AbortSignal;
  /** Tells the client how far a long change is; nobody may be listening. */
  readonly report: Report;

  private constructor(grant: Grant, signal: AbortSignal, report: Report) {
    this.grant = grant;
    this.signal = signal;
    this.report = report;
  }

  static mint(grant: Grant, signal: AbortSignal, report: Report = () => {}): Permit {
    const permit = new Permit(grant, signal, report);
    inForce.add(permit);
    return permit;
  }

  static revoke(permit: Permit): void {
    inForce.delete(permit);
  }
}

/** Called by every write port before it writes. A forged, revoked or aborted permit opens nothing. */
export function demand(permit: Permit): AbortSignal {
  if (!inForce.has(permit))
    throw new OpsError('internal', 'A change was tried without a permit.', 'This is a bug of ours: report it.');
  permit.signal.throwIfAborted();
  return permit.signal;
}
