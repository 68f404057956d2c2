import { z } from 'zod';
import { parseSpan } from '../../shared/cluster/times.ts';
import { text } from '../../shared/tool/params.ts';

export { text, why } from '../../shared/tool/params.ts';

export const promql = text(4000)
  .refine((value) => value.trim() !== '', 'empty')
  .describe('PromQL.');

/** Longer than any retention that a small cluster has. */
const LONGEST = 90 * 86_400_000;

export const lookback = (otherwise: string) =>
  z
    .string()
    .refine((value) => {
      const ms = parseSpan(value);
      return ms !== undefined && ms >= 60_000 && ms <= LONGEST;
    }, 'not a time span from 1m to 90d: write 30m, 6h or 7d')
    .default(otherwise);

const instant = z
  .string()
  .refine((value) => /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value)), 'not an RFC 3339 time');

export const until = instant.optional().describe('End, 2026-11-24T06:00:00Z; now if left out.');

export const matchers = z
  .array(text(500))
  .min(1)
  .max(10)
  .describe('alertname="KubePodCrashLooping", namespace=~"team-.*".');
