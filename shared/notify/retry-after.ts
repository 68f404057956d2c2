import { numberAt } from '../kernel/json.ts';
import type { Answer } from './post.ts';

/** Milliseconds: a message that waits longer is given up anyway. */
const LONGEST = 86_400_000;

/**
 * How long a service wants to be left alone: Discord's `retry_after`, Telegram's `parameters.retry_after`, else the header
 * (Slack, ntfy), which names seconds or a date. Undefined where it does not say, or names a moment that is over: its clock
 * or ours is wrong.
 */
export function retryAfterOf(
  { json, retryAfter }: Pick<Answer, 'json' | 'retryAfter'>,
  now: number,
): number | undefined {
  const seconds = numberAt(json, 'retry_after') ?? numberAt(json, 'parameters', 'retry_after');
  const wanted = seconds === undefined ? headerOf(retryAfter, now) : seconds * 1_000;
  return wanted === undefined || !(wanted > 0) ? undefined : Math.min(Math.ceil(wanted), LONGEST);
}

function headerOf(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  return /^\d+(\.\d+)?$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
}
