export interface Escaping {
  /** Escapes one character, or leaves it. */
  readonly escaping?: (text: string) => string;
  /** How a service counts: UTF-16 units unless told. */
  readonly size?: (text: string) => number;
}

/** `text`, escaped, in at most `max` as the service counts, with an ellipsis where it was cut: never inside of an escape. */
export function shorten(text: string, max: number, { escaping = same, size = units }: Escaping = {}): string {
  const whole = escaping(text);
  if (size(whole) <= max) return whole;
  let built = '';
  let used = size('…');
  for (const character of text) {
    const escaped = escaping(character);
    used += size(escaped);
    if (used > max) break;
    built += escaped;
  }
  return `${built}…`;
}

const same = (text: string) => text;
const units = (text: string) => text.length;
