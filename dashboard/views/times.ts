const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
];

/** `3 min`, `2 h`, `0 s`: the largest unit alone, cut and never rounded up. */
export function span(ms: number): string {
  const [unit, size] = UNITS.find(([, size]) => ms >= size) ?? ['s', 1_000];
  return `${Math.max(0, Math.floor(ms / size))} ${unit}`;
}

/** `3 min ago` */
export function ago(ms: number): string {
  return ms < 1_000 ? 'just now' : `${span(ms)} ago`;
}

/** `in 14 min 05 s`; `now` when the time has come. */
export function left(ms: number): string {
  if (ms <= 0) return 'now';
  if (ms >= 3_600_000) return `in ${span(ms)}`;
  const seconds = Math.ceil(ms / 1_000);
  const rest = `${seconds % 60} s`;
  return seconds < 60 ? `in ${rest}` : `in ${Math.floor(seconds / 60)} min ${rest.padStart(4, '0')}`;
}
