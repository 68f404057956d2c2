import { isObject, type JsonObject, toJsonObject } from '../../shared/kernel/json.ts';
import type { Usage } from '../../shared/workflow/events.ts';
import type { Failure } from './reasons.ts';

export interface SessionEnd {
  readonly answer?: JsonObject;
  readonly usage?: Usage;
  readonly failure?: Failure;
  /** Servers that did not start. */
  readonly without?: string;
}

/** What is read of the SDK's last message. */
interface Result {
  readonly subtype: string;
  readonly is_error: boolean;
  readonly structured_output?: unknown;
  readonly api_error_status?: number | null;
  readonly modelUsage: Readonly<Record<string, ModelUsage>>;
  readonly total_cost_usd: number;
  readonly num_turns: number;
  readonly duration_ms: number;
}

interface ModelUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadInputTokens: number;
  readonly cacheCreationInputTokens: number;
}

/** What a session came to; `failure` is what the client has told of the service's last error. */
export function endOf(result: Result, failure: Failure): SessionEnd {
  const { subtype, is_error: isError, structured_output: answer, api_error_status: status } = result;
  const usage = usageOf(result);
  if (subtype === 'success' && !isError && isObject(answer)) return { usage, answer: toJsonObject(answer) };
  // What the client has tried again until it went well has nothing to do with this end.
  if (subtype !== 'success' || !isError) return { usage, failure: { subtype } };
  return { usage, failure: { ...failure, subtype, ...(typeof status === 'number' && { status }) } };
}

/** Summed over all models, under the name of the one that has written most. */
function usageOf(result: Result): Usage {
  const used = Object.entries(result.modelUsage);
  const [most] = used.toSorted(([, a], [, b]) => b.outputTokens - a.outputTokens);
  const sum = (key: keyof ModelUsage) => used.reduce((total, [, usage]) => total + usage[key], 0);
  return {
    model: most?.[0] ?? 'none',
    inputTokens: sum('inputTokens'),
    outputTokens: sum('outputTokens'),
    cacheReadTokens: sum('cacheReadInputTokens'),
    cacheWriteTokens: sum('cacheCreationInputTokens'),
    costUsd: result.total_cost_usd,
    turns: result.num_turns,
    durationMs: result.duration_ms,
  };
}
