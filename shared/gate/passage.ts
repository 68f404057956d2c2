import type { Action } from '../kernel/action.ts';
import type { Decision } from '../policy/decide.ts';
import type { Call, Caller, Verdict } from './call.ts';
import type { Journal } from './journal.ts';
import type { GatePorts } from './ports.ts';

/** One call on its way through the gate. */
export interface Passage {
  readonly ports: GatePorts;
  readonly call: Call;
  readonly caller: Caller;
  readonly actions: readonly Action[];
  readonly decision: Decision;
  readonly journal: Journal;
  /** Begins anew, with a fresh look at the target: for a call that has waited for its yes. */
  readonly again: () => Promise<Verdict>;
}
