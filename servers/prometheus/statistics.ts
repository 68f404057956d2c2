import type { Point } from './series.ts';

/** Values without NaN and infinities. */
export function finite(points: readonly Point[]): readonly Point[] {
  return points.filter(([, value]) => Number.isFinite(value));
}

/** The value below which a share `q` of all lies, between neighbours in proportion; NaN of nothing. */
function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * q;
  const [low, high] = [sorted[Math.floor(place)] ?? Number.NaN, sorted[Math.ceil(place)] ?? Number.NaN];
  return low + (high - low) * (place - Math.floor(place));
}

export const median = (values: readonly number[]) => quantile(values, 0.5);

export const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** For values of a normal distribution 1.4826 times the median absolute deviation is the standard deviation (Rousseeuw and Croux 1993). */
const TO_SIGMA = 1.4826;

/** How far values lie apart, undisturbed by single ones that lie far out. */
export function spread(values: readonly number[]): number {
  const centre = median(values);
  return TO_SIGMA * median(values.map((value) => Math.abs(value - centre)));
}

/** Slopes between pairs of points are quadratic in number: so many points stand for all. */
const MAX_POINTS = 150;

export interface Slope {
  /** Per second: the median of the slopes between all pairs (Theil and Sen), which single points do not move. */
  readonly median: number;
  /** Half of all slopes lie between these. */
  readonly low: number;
  readonly high: number;
}

export function slopeOf(points: readonly Point[]): Slope | undefined {
  const some = thinned(finite(points));
  const slopes = some.flatMap(([at, value], index) =>
    some.slice(index + 1).flatMap(([later, next]) => (later > at ? [((next - value) / (later - at)) * 1000] : [])),
  );
  if (slopes.length === 0) return undefined;
  return { median: median(slopes), low: quantile(slopes, 0.25), high: quantile(slopes, 0.75) };
}

function thinned(points: readonly Point[]): readonly Point[] {
  const every = Math.ceil(points.length / MAX_POINTS);
  return points.filter((_, index) => index % every === 0);
}

/** Stretches of time without a value, in milliseconds: more than one and a half steps between two points. */
export function gapsOf(points: readonly Point[], step: number): readonly number[] {
  return points.slice(1).flatMap(([at], index) => {
    const before = points[index]?.[0] ?? at;
    return at - before > 1.5 * step ? [at - before] : [];
  });
}

/**
 * At most `count` points (three or more), chosen so that a line through them looks the same: peaks and dips stay
 * (Largest Triangle Three Buckets, Steinarsson 2013).
 */
export function downsample(points: readonly Point[], count: number): readonly Point[] {
  const known = finite(points);
  const [first, last] = [known[0], known.at(-1)];
  if (known.length <= count || first === undefined || last === undefined) return known;
  const size = (known.length - 2) / (count - 2);
  const bucket = (index: number) =>
    index === count - 2 ? [last] : known.slice(1 + Math.floor(index * size), 1 + Math.floor((index + 1) * size));
  const chosen: Point[] = [first];
  for (let index = 0; index < count - 2; index++) {
    const from = chosen.at(-1) ?? first;
    const next = bucket(index + 1);
    const to = [mean(next.map(([at]) => at)), mean(next.map(([, value]) => value))] as const;
    chosen.push(bucket(index).reduce((best, one) => (area(from, one, to) > area(from, best, to) ? one : best)));
  }
  return [...chosen, last];
}

/** Twice the area of a triangle. */
function area([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number {
  return Math.abs((ax - cx) * (by - ay) - (ax - bx) * (cy - ay));
}
