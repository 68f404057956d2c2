import type { Unit } from './units.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Distances between two marks of time, as on a clock and a calendar. */
const CLOCK = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14].map((n) => n * DAY),
];

/** Round values that enclose all of them, about five: steps of 1, 2 and 5, or powers of two for bytes. */
export function valueTicks(low: number, high: number, unit: Unit): readonly number[] {
  const range = high > low ? high - low : Math.abs(high) || 1;
  const step = unit === 'bytes' ? 2 ** Math.ceil(Math.log2(range / 5)) : roundStep(range / 5);
  const [first, last] = [Math.floor(low / step), Math.max(Math.ceil(high / step), Math.floor(low / step) + 1)];
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
}

/** At most eight times within a stretch, on full minutes, hours or days. */
export function timeTicks(start: number, end: number): readonly number[] {
  const step = CLOCK.find((one) => (end - start) / one <= 8) ?? 28 * DAY;
  const first = Math.ceil(start / step);
  return Array.from({ length: Math.max(0, Math.floor(end / step) - first + 1) }, (_, index) => (first + index) * step);
}
