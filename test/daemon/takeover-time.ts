import type { Clock } from '../../shared/kernel/clock.ts';

/** How much faster time goes by: a lease of a minute is four seconds, which a busy machine renews in time. */
const FASTER = 15;
const ORIGIN = Date.UTC(2026, 10, 24);

/** The same in all processes of a test that have been told of the same jumps. */
export class FasterClock implements Clock {
  #jumped: number;

  constructor(jumped = 0) {
    this.#jumped = jumped;
  }

  get jumped(): number {
    return this.#jumped;
  }

  now(): number {
    return ORIGIN + (Date.now() - ORIGIN) * FASTER + this.#jumped;
  }

  /** Milliseconds that a pause really takes. */
  real(ms: number): number {
    return ms / FASTER;
  }

  jump(ms: number): void {
    this.#jumped += ms;
  }
}

/** What an agent of a test takes. */
export const NOBODY_COUNTS = {
  ...{ model: 'haiku', inputTokens: 10, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0 },
  ...{ costUsd: 0.01, turns: 2, durationMs: 5 },
};
