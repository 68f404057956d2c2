import { isObject } from '../kernel/json.ts';
import { MASK } from '../kernel/secrets.ts';
import { redactObject } from './redact.ts';

/** Shorter values would take half of the text with them, and keep nothing secret. */
const SHORTEST = 4;

/** Takes every value that is masked in the object out of a text that shows the object in another form. */
export function maskValuesOf(object: unknown, text: string): string {
  const values = maskedIn(object, redactObject(object));
  return values
    .filter((value) => value.length >= SHORTEST)
    .reduce((masked, value) => masked.replaceAll(value, MASK), text);
}

function maskedIn(value: unknown, redacted: unknown): readonly string[] {
  if (redacted === MASK) return typeof value === 'string' ? [value] : [];
  if (Array.isArray(value) && Array.isArray(redacted)) return value.flatMap((item, i) => maskedIn(item, redacted[i]));
  if (!isObject(value) || !isObject(redacted)) return [];
  return Object.keys(value).flatMap((key) => maskedIn(value[key], redacted[key]));
}
