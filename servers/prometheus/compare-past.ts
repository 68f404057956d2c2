import { median, spread } from './statistics.ts';

/** A value beside what it was in the same hours of earlier days. */
export interface Comparison {
  readonly now: number;
  readonly usual: number;
  readonly days: number;
  /** How many spreads it lies away from the usual. */
  readonly distance: number;
  readonly sure: 'high' | 'medium' | 'low';
}

/** Days of history below which nothing is said. */
export const LEAST_DAYS = 3;

/** Spreads away from which a value is unusual: less than one in 10,000 of a normal distribution. */
const UNUSUAL = 4;

/** A history that hardly moves would make everything unusual: it counts as moving by 5 %. */
const LEAST_SPREAD = 0.05;

/** Undefined: nothing unusual, or nothing can be said. `least` is the smallest difference that matters. */
export function compareWithPast(now: number, past: readonly number[], least: number): Comparison | undefined {
  const known = past.filter(Number.isFinite);
  if (!Number.isFinite(now) || known.length < LEAST_DAYS) return undefined;
  const usual = median(known);
  const scale = Math.max(spread(known), LEAST_SPREAD * Math.abs(usual), least / UNUSUAL);
  const distance = (now - usual) / scale;
  if (Math.abs(distance) < UNUSUAL || Math.abs(now - usual) < least) return undefined;
  // With few days a spread is a guess; a value that no day came near needs no exact one.
  const beyond = now > Math.max(...known) || now < Math.min(...known);
  const sure = known.length >= 5 && Math.abs(distance) >= 6 && beyond ? 'high' : beyond ? 'medium' : 'low';
  return { now, usual, days: known.length, distance, sure };
}
