import { OpsError } from '../kernel/errors.ts';

/** Permits that are in force: minted by the gate, revoked by it when the call has ended. */
const inForce = new WeakSet<Permit>();

/**
 * Proof that the gate let one call through: every port that changes something demands one.
 * Only `gate/execute.ts` mints them (a dependency rule checks it).
 */
export class Permit {
  readonly call: string;
  /** Aborts when the client cancels or the deadline has passed. */
  readonly signal: AbortSignal;

  private constructor(call: string, signal: AbortSignal) {
    this.call = call;
    this.signal = signal;
  }

  static mint(call: string, signal: AbortSignal): Permit {
    const permit = new Permit(call, signal);
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
