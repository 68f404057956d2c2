import type { JsonObject } from '../../shared/kernel/json.ts';
import type { Model } from '../../shared/workflow/models.ts';

/** What one session takes. */
export interface SessionOptions {
  /** A UUID. */
  readonly id: string;
  /** The person's own `claude`. */
  readonly claude: string;
  /** Where the session works and keeps its files. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly model: Model;
  readonly system: string;
  readonly prompt: string;
  readonly answer: JsonObject;
  readonly servers: Readonly<Record<string, ServerLaunch>>;
  /** As the client names them: `mcp__<server>__<tool>`. */
  readonly tools: { readonly allowed: readonly string[]; readonly hidden: readonly string[] };
  readonly maxTurns: number;
  readonly budgetUsd: number;
}

export interface ServerLaunch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}
