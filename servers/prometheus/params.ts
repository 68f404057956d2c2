import { z } from 'zod';
import { parseSpan } from '../../shared/cluster/times.ts';
import { text } from '../../shared/tool/params.ts';

export { text, why } from '../../shared/tool/params.ts';

export const promql = text(4000)
  .refine((value) => value.trim() !== '', 'empty')
  .describe('PromQL.');

/** Longer than any retention that a small cluster has. */
const LONGEST = 90 * 86_400_000;

export const lookback = z.string().refine(isLookback, 'not a time span from 1m to 90d: write 30m, 6h or 7d');

/** How far back, or from when: `range.ts` makes a range of it. */
export const since = z
  .string()
  .refine((value) => isLookback(value) || isInstant(value), 'neither a time span from 1m to 90d nor an RFC 3339 time');

const instant = z.string().refine(isInstant, 'not an RFC 3339 time');

export const until = instant.optional().describe('End, 2026-11-24T06:00:00Z; now if left out.');

export const when = instant.optional().describe('2026-11-24T06:00:00Z; now if left out.');

function isLookback(value: string): boolean {
  const ms = parseSpan(value);
  return ms !== undefined && ms >= 60_000 && ms <= LONGEST;
}

function isInstant(value: string): boolean {
  return /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value));
}

export const matchers = z
  .array(text(500))
  .min(1)
  .max(10)
  .describe('alertname="KubePodCrashLooping", namespace=~"team-.*".');
