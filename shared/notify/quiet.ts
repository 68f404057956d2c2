import { Cron } from 'croner';
import { iso } from '../kernel/clock.ts';
import type { QuietHours } from './settings.ts';

/**
 * When the quiet hours that `now` lies in end, in milliseconds since the epoch; undefined outside of them. They are
 * wall-clock times: in a night with a change of the clocks they last an hour more or less.
 */
export function quietUntil({ from, until }: Pick<QuietHours, 'from' | 'until'>, timezone: string, now: number) {
  const end = next(until, timezone, now);
  return end < next(from, timezone, now) ? end : undefined;
}

/** The next time that clocks in this zone show this time of day; what a change leaves out counts as its end. */
function next(time: string, timezone: string, now: number): number {
  const [hour, minute] = time.split(':').map(Number);
  return new Cron(`${minute} ${hour} * * *`, { timezone }).nextRun(iso(now))?.getTime() ?? Number.POSITIVE_INFINITY;
}
