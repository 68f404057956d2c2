import { z } from 'zod';

const DURATION = 'a duration reads like 30s, 10m, 2h or 1d';
export const duration = z
  .string(DURATION)
  .regex(/^[1-9]\d{0,5}(s|m|h|d)$/, DURATION)
  .describe('A duration: 30s, 10m, 2h, 1d.');

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Milliseconds of a checked duration. */
export function milliseconds(text: string): number {
  return Number(text.slice(0, -1)) * (SECONDS[text.slice(-1)] ?? 0) * 1_000;
}
