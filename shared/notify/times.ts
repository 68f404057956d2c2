import { count } from '../kernel/text.ts';

/** `24 Nov, 06:15 CET` */
export function timeIn(ms: number, timeZone: string): string {
  const format = { timeZone, day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
  return new Intl.DateTimeFormat('en-GB', { ...format, timeZoneName: 'short' }).format(ms);
}

/** `15 minutes`, `3 hours`, `2 days`; of less than a minute, one. */
export function duration(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 120) return count(minutes, 'minute');
  return minutes < 48 * 60 ? count(Math.round(minutes / 60), 'hour') : count(Math.round(minutes / 1_440), 'day');
}
