import type { Proposal, ProposedAction, RunEvent } from './events.ts';
import type { ModelChoice } from './model.ts';
import type { AnswerSchema } from './schema.ts';

/** What an agent is asked. */
export interface StepRequest extends ModelChoice {
  readonly step: string;
  readonly attempt: number;
  readonly agent: string;
  readonly prompt: string;
  readonly answer: AnswerSchema;
  /** The tools of a named action (`SERVER.TOOL`); undefined means all that the agent has. */
  readonly tools?: readonly string[];
  /** A person confirms every change of this step. */
  readonly confirm: boolean;
  readonly timeoutMs: number;
}

/** The one thing that a run needs next. Asked again, it is the same, until an event says that it was done. */
export type Command =
  /** The engine's own conclusion: store it, and ask again. */
  | { readonly kind: 'record'; readonly event: RunEvent }
  /** Take the lock (where there is one) with an `admitted` event. */
  | { readonly kind: 'admit'; readonly lock?: string; readonly onConflict: 'skip' | 'queue' }
  /** Store `step-started`, then ask the agent. */
  | { readonly kind: 'run-step'; readonly request: StepRequest }
  /** It was asked. Whoever has lost it says so with `step-failed`. */
  | { readonly kind: 'await-step'; readonly step: string; readonly attempt: number; readonly deadline: number }
  /** Stop the agent, then store `step-failed` with what it changed. */
  | { readonly kind: 'abort-step'; readonly step: string; readonly attempt: number; readonly reason: string }
  /** Ask a person once for exactly these actions; `proposal-settled`. */
  | { readonly kind: 'ask-person'; readonly step: string; readonly proposal: Proposal }
  /** Store `action-started`, run exactly this, store `action-finished`. */
  | {
      readonly kind: 'execute';
      readonly step: string;
      readonly index: number;
      readonly action: ProposedAction;
      readonly approval?: string;
    }
  /** It was begun. After a crash its status is `unknown`. */
  | { readonly kind: 'await-action'; readonly step: string; readonly index: number }
  /** Nobody knows what it did: `person-decided`. */
  | { readonly kind: 'ask-outcome'; readonly step: string; readonly reason: string }
  | { readonly kind: 'wait'; readonly until: number }
  /** An alert started it and it has changed something: see whether that has helped; `verified`. */
  | { readonly kind: 'verify'; readonly changedAt: number }
  | { readonly kind: 'none' };
