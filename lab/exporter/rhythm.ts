import { createHash } from 'node:crypto';

const DAY = 86_400;
/** 2026-01-01: counters count from here, so that a past and the present are one curve. */
export const EPOCH = 1_767_225_600;

/** Waves of a load: a share of its base, and a period in seconds. A day's rhythm, and what looks like chance. */
const WAVES = [
  { share: 0.25, period: DAY },
  { share: 0.06, period: 7_411 },
  { share: 0.05, period: 1_693 },
  { share: 0.03, period: 311 },
];

/** A load that is the same at every call for the same moment: of a past that was never measured, too. */
export class Rhythm {
  readonly #waves: readonly { share: number; period: number; phase: number }[];

  /** `seed` tells one series from another. All of them are busiest in the afternoon. */
  constructor(seed: string) {
    const bytes = createHash('sha256').update(seed).digest();
    this.#waves = WAVES.map(({ share, period }, i) => {
      const chance = bytes.readUInt16BE(i * 2) / 65_536;
      return { share, period, phase: period === DAY ? 0.1 * chance - 0.35 : chance };
    });
  }

  /** Around 1, at a moment in seconds since 1970. */
  at(seconds: number): number {
    return this.#waves.reduce(
      (sum, { share, period, phase }) => sum + share * Math.sin(TURN * (seconds / period + phase)),
      1,
    );
  }

  /** The sum of `at` over all seconds since 2026: what a counter of this load shows. */
  total(seconds: number): number {
    const of = (t: number) =>
      this.#waves.reduce(
        (sum, { share, period, phase }) => sum - ((share * period) / TURN) * Math.cos(TURN * (t / period + phase)),
        t,
      );
    return of(seconds) - of(EPOCH);
  }
}

const TURN = 2 * Math.PI;

const known = new Map<string, Rhythm>();

/** The rhythm of this name; each is worked out once. */
export function rhythm(seed: string): Rhythm {
  const found = known.get(seed) ?? new Rhythm(seed);
  known.set(seed, found);
  return found;
}
