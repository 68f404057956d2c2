/** Milliseconds of repeated work, after `warmUp` runs that do not count. */
export async function timed(runs: number, work: () => Promise<unknown>, warmUp = 3): Promise<readonly number[]> {
  for (let i = 0; i < warmUp; i += 1) await work();
  const times: number[] = [];
  for (let i = 0; i < runs; i += 1) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return times;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** `3.2 (p95 4.1)` */
export function summary(values: readonly number[]): string {
  return `${quantile(values, 0.5).toFixed(1)} (p95 ${quantile(values, 0.95).toFixed(1)})`;
}
