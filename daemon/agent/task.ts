import type { JsonObject } from '../../shared/kernel/json.ts';
import type { StepRequest } from '../../shared/workflow/command.ts';
import type { Usage } from '../../shared/workflow/events.ts';

/** One step for one agent. */
export interface AgentTask {
  readonly run: string;
  readonly workflow: string;
  readonly request: StepRequest;
  readonly budgetUsd: number;
  readonly maxTurns: number;
}

export type AgentOutcome =
  | {
      readonly kind: 'answered';
      readonly answer: JsonObject;
      readonly usage: Usage;
      readonly session: string;
      /** Path of the session's transcript. */
      readonly transcript?: string;
    }
  | {
      readonly kind: 'failed';
      /** In our own words, without a key; says whether it makes sense to try again. */
      readonly reason: string;
      readonly usage?: Usage;
      readonly session?: string;
      readonly transcript?: string;
    };
