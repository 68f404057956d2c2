import { parseSpan, span } from '../../shared/cluster/times.ts';
import { iso } from '../../shared/kernel/clock.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { Range } from './evaluate.ts';

/** Steps that a person would choose, in milliseconds. */
const STEPS = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400].map(
  (seconds) => seconds * 1000,
);

/** Points a series that are asked for where no step is given. */
const WANTED = 240;

/** Prometheus answers no more points a series than this (web/api/v1: "exceeded maximum resolution of 11,000 points"). */
const MAX_POINTS = 11_000;

const NAMES = 'since is how far back (6h) or when it begins; until is when it ends, now if left out.';

const SHORTEST = 60_000;
const LONGEST = 90 * 86_400_000;

/** From `6h` before `until`, or from a time of its own, up to `until`, with a step that gives about 240 points. */
export function rangeOf(since: string, until: string | undefined, step: string | undefined, now: number): Range {
  const end = until === undefined ? now : Date.parse(until);
  const length = parseSpan(since) ?? end - Date.parse(since);
  if (!(length >= SHORTEST && length <= LONGEST))
    throw new OpsError('invalid_input', `From ${since} to ${iso(end)} is no stretch of time from 1m to 90d.`, NAMES);
  const chosen =
    step === undefined ? (STEPS.find((one) => length / one <= WANTED) ?? 86_400_000) : (parseSpan(step) ?? 0);
  if (chosen <= 0 || length / chosen > MAX_POINTS) {
    const least = STEPS.find((one) => length / one <= MAX_POINTS) ?? 0;
    throw new OpsError(
      'invalid_input',
      `step ${step} gives more than ${MAX_POINTS} points over ${span(length)}, which Prometheus refuses.`,
      `Take a step of at least ${least / 1000}s, or leave it out.`,
    );
  }
  return { start: end - length, end, step: chosen };
}
