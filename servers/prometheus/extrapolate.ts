import { span } from '../../shared/cluster/times.ts';
import type { Range } from './evaluate.ts';
import type { Point } from './series.ts';
import { finite, slopeOf } from './statistics.ts';
import { format, type Unit } from './units.ts';

export interface Outlook {
  readonly last: string;
  readonly slope: string;
  /** When the limit is reached: `in 5h (4h to 7h)`, `reached`, `not at this rate`. */
  readonly reaches: string;
  /** `high`, `medium`, `low`, or why nothing can be said. */
  readonly sure: string;
  /** One sentence of it. */
  readonly verdict: string;
  /** Milliseconds until the limit; infinite where it is not reached. */
  readonly urgency: number;
}

/** Fewer points are no trend. */
const LEAST_POINTS = 8;
/** Further ahead than this many times the past that was looked at, nobody can see. */
const HORIZON = 20;

export function extrapolate(
  points: readonly Point[],
  { limit, unit, range }: { readonly limit: number | undefined; readonly unit: Unit; readonly range: Range },
): Outlook {
  const known = finite(points);
  const last = known.at(-1)?.[1];
  const slope = known.length < LEAST_POINTS ? undefined : slopeOf(known);
  if (last === undefined || slope === undefined) return unknown(last, unit, known.length);
  const sure = sureness(slope);
  const shown = { last: format(last, unit), slope: format(slope.median * 3600, unit), sure };
  const moves =
    sure === 'none'
      ? 'no trend: it moves both ways'
      : `${slope.median > 0 ? 'rising' : 'falling'} (${sure === 'high' ? 'steadily' : 'unsteadily'})`;
  if (limit === undefined) return { ...shown, reaches: '-', verdict: moves, urgency: Number.POSITIVE_INFINITY };
  const eta = (rate: number) => ((limit - last) / rate) * 1000;
  const reached = slope.median >= 0 ? last >= limit : last <= limit;
  if (reached && sure !== 'none')
    return { ...shown, reaches: 'reached', verdict: `the limit ${format(limit, unit)} is reached`, urgency: 0 };
  const when = eta(slope.median);
  if (sure === 'none' || !(when > 0) || when > HORIZON * (range.end - range.start)) {
    return { ...shown, reaches: 'not at this rate', verdict: moves, urgency: Number.POSITIVE_INFINITY };
  }
  const [soon, late] = [eta(slope.high), eta(slope.low)].sort((a, b) => a - b);
  const between =
    sure === 'low' || soon === undefined || late === undefined || soon < 0 ? '' : ` (${span(soon)} to ${span(late)})`;
  return {
    ...shown,
    reaches: `in ${span(when)}${between}`,
    verdict: `${moves}, reaches ${format(limit, unit)} in ${span(when)}`,
    urgency: when,
  };
}

/** Half of all slopes on the same side, and near each other: then it is a trend, and not the noise of one. */
function sureness({
  median,
  low,
  high,
}: {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}): string {
  if (median === 0 || low * high <= 0) return 'none';
  const width = Math.abs((high - low) / median);
  return width < 0.5 ? 'high' : width < 1.5 ? 'medium' : 'low';
}

function unknown(last: number | undefined, unit: Unit, points: number): Outlook {
  const verdict = `${points} points are too few for a trend`;
  return {
    last: last === undefined ? '-' : format(last, unit),
    slope: '-',
    reaches: '-',
    sure: `only ${points} points`,
    verdict,
    urgency: Number.POSITIVE_INFINITY,
  };
}
