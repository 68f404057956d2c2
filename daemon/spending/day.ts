import { z } from 'zod';

const micros = z.int().min(0).describe('Millionths of a US dollar: sums of them are exact.');

/** What agents took on one day, and what those may take that run now. A daemon that died leaves its part for good. */
export const daySchema = z.object({
  spent: micros,
  held: z.record(z.string(), z.object({ run: z.string(), amount: micros })),
});
export type Day = Readonly<z.output<typeof daySchema>>;

export const FRESH: Day = { spent: 0, held: {} };

export function heldIn({ held }: Day, run?: string): number {
  const counting = Object.values(held).filter((one) => run === undefined || one.run === run);
  return counting.reduce((sum, { amount }) => sum + amount, 0);
}

export function hold(day: Day, id: string, run: string, amount: number): Day {
  return { ...day, held: { ...day.held, [id]: { run, amount } } };
}

/** Without `actual` nobody knows what was taken: it counts in full. The second time nothing changes. */
export function settle(day: Day, id: string, actual: number | undefined): Day {
  const { [id]: found, ...held } = day.held;
  return found === undefined ? day : { spent: day.spent + (actual ?? found.amount), held };
}

/** What it took stays beside what the run is known to have spent: no event of the run says it. */
export function leave(day: Day, id: string, actual: number): Day {
  const { [id]: found } = day.held;
  return found === undefined ? day : hold(day, id, found.run, actual);
}

export const toMicros = (usd: number): number => Math.round(usd * 1_000_000);
/** Never less than what was taken. */
export const upToMicros = (usd: number): number => Math.ceil(Math.max(0, usd) * 1_000_000);
export const toUsd = (amount: number): number => amount / 1_000_000;
