import { span } from '../../shared/cluster/times.ts';
import type { Range } from './evaluate.ts';
import type { Point } from './series.ts';
import { finite, type Slope, slopeOf } from './statistics.ts';
import { format, type Unit } from './units.ts';

export interface Outlook {
  readonly last: string;
  readonly slope: string;
  /** When the limit is reached: `in 5h (4h to 7h)`, `reached`, `not at this rate`, `above it, moving away`. */
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
  const moves = describe(slope, sure);
  const nothing = { ...shown, reaches: '-', verdict: moves, urgency: Number.POSITIVE_INFINITY };
  if (limit === undefined) return nothing;
  if (sure === 'none') return { ...nothing, reaches: 'no trend' };
  const ahead = (limit - last) * slope.median > 0;
  if (!ahead) return { ...nothing, ...behind(known, limit, unit, moves) };
  const eta = (rate: number) => ((limit - last) / rate) * 1000;
  const when = eta(slope.median);
  if (when > HORIZON * (range.end - range.start)) return { ...nothing, reaches: 'not at this rate' };
  const [soon = 0, late = 0] = [eta(slope.high), eta(slope.low)].sort((a, b) => a - b);
  const between = sure === 'low' || soon < 0 ? '' : ` (${span(soon)} to ${span(late)})`;
  return {
    ...shown,
    reaches: `in ${span(when)}${between}`,
    verdict: `${moves}, reaches ${format(limit, unit)} in ${span(when)}`,
    urgency: when,
  };
}

function describe({ median, low, high }: Slope, sure: string): string {
  if (low === 0 && high === 0) return 'no trend: it stays as it is';
  if (sure === 'none') return 'no trend: it moves both ways';
  return `${median > 0 ? 'rising' : 'falling'} (${sure === 'high' ? 'steadily' : 'unsteadily'})`;
}

/** A limit that it moves away from: passed within the time that was looked at, or on the other side all along. */
function behind(known: readonly Point[], limit: number, unit: Unit, moves: string): Partial<Outlook> {
  const [first = limit, last = limit] = [known[0]?.[1], known.at(-1)?.[1]];
  if (last === limit || (first - limit) * (last - limit) < 0)
    return { reaches: 'reached', verdict: `${moves}, and ${format(limit, unit)} is reached`, urgency: 0 };
  const side = last > limit ? 'above' : 'below';
  return {
    reaches: `${side} it, moving away`,
    verdict: `${moves}, all the time ${side} ${format(limit, unit)}`,
    urgency: Number.MAX_VALUE,
  };
}

/** Half of all slopes on the same side, and near each other: then it is a trend, and not the noise of one. */
function sureness({ median, low, high }: Slope): string {
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
