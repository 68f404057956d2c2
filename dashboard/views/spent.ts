import type { RunEvent } from '../../shared/workflow/events.ts';

/** What agents took, as far as somebody counted: nobody does in a chat. */
export interface Spent {
  readonly costUsd: number;
  readonly turns: number;
  readonly models: readonly string[];
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

const NOTHING: Spent = { costUsd: 0, turns: 0, models: [], input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

/** All attempts of a step, failed ones among them; without a step, of the run. Undefined where nobody counted. */
export function spentIn(events: readonly RunEvent[], step?: string): Spent | undefined {
  const used = events.flatMap((event) =>
    'usage' in event && event.usage !== undefined && (step === undefined || event.step === step) ? event.usage : [],
  );
  if (used.length === 0) return undefined;
  return used.reduce<Spent>(
    (sum, usage) => ({
      costUsd: sum.costUsd + usage.costUsd,
      turns: sum.turns + usage.turns,
      models: [...new Set([...sum.models, usage.model])],
      input: sum.input + usage.inputTokens,
      output: sum.output + usage.outputTokens,
      cacheRead: sum.cacheRead + usage.cacheReadTokens,
      cacheWrite: sum.cacheWrite + usage.cacheWriteTokens,
    }),
    NOTHING,
  );
}

/** `$1.25`; a fraction of a cent is shown, too. */
export function dollars(usd: number): string {
  return `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;
}

const many = (tokens: number) => tokens.toLocaleString('en');

/** `$0.2500, 4 turns of sonnet, 100 tokens in, 20 out; 3,000 read from the cache, 400 written to it` */
export function spentText({ costUsd, turns, models, input, output, cacheRead, cacheWrite }: Spent): string {
  const tokens = `${many(input)} tokens in, ${many(output)} out`;
  const cache = `${many(cacheRead)} read from the cache, ${many(cacheWrite)} written to it`;
  return `${dollars(costUsd)}, ${many(turns)} turns of ${models.join(', ')}, ${tokens}; ${cache}`;
}
