import { Cron } from 'croner';

const FIELDS = [
  ['minute', '0 to 59'],
  ['hour', '0 to 23'],
  ['day of month', '1 to 31'],
  ['month', '1 to 12'],
  ['day of week', '0 to 7'],
] as const;

/** What is wrong with a cron expression, or undefined. Croner judges, since it is also what finds the ticks. */
export function cronProblem(cron: string): string | undefined {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) return `${fields.length} fields instead of 5`;
  for (const [index, [name, range]] of FIELDS.entries()) {
    const field = fields[index] ?? '';
    // The part of a list that is wrong, or all of it where its parts do not go together.
    const wrong = [...field.split(','), field].find((text) => !isField(index, text));
    if (wrong !== undefined) return `"${wrong}" is no ${name} (${range})`;
  }
  return nextTick(cron, 'UTC', 0) === undefined ? 'no such day ever comes' : undefined;
}

/** The first tick after a time (both in milliseconds since the epoch); undefined where none ever comes. */
export function nextTick(cron: string, timezone: string, after: number): number | undefined {
  return read(cron, timezone).nextRun(new Date(after))?.getTime();
}

/** The last tick at or before a time. */
export function lastTick(cron: string, timezone: string, until: number): number | undefined {
  // Croner looks at what lies before its reference.
  return read(cron, timezone)
    .previousRuns(1, new Date(until + 1))[0]
    ?.getTime();
}

/** Without what Croner alone knows: `?`, the moment at which the file is read, and `+`, another meaning of two fields. */
function isField(index: number, text: string): boolean {
  if (/[?+]/.test(text)) return false;
  try {
    read(FIELDS.map((_, other) => (other === index ? text : '*')).join(' '), 'UTC');
    return true;
  } catch {
    return false;
  }
}

/**
 * Without a callback it has no timer. As in Vixie cron, what is named by its hours and minutes runs once in each night,
 * also in those with 23 and 25 hours; what has a `*` there goes by the time that passes.
 */
function read(cron: string, timezone: string): Cron {
  return new Cron(cron.trim(), { mode: '5-part', timezone, fixedTimeRule: 'no-wildcard' });
}
