import type { Clock } from '../../shared/kernel/clock.ts';

export interface FakeClock extends Clock {
  advance(ms: number): void;
}

/** Stands still until it is told to move. */
export function fakeClock(start = Date.UTC(2026, 10, 24, 6, 0, 0)): FakeClock {
  let now = start;
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
  };
}
