import { randomBytes } from 'node:crypto';

/** Crockford's base32 in lower case: no i, l, o, u, so that a person can read an id aloud. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** `prefix` and ten random characters (50 bits): short enough to type, too many to guess within an approval's life. */
export function newId(prefix: string): string {
  const characters = Array.from(randomBytes(10), (byte) => ALPHABET[byte % 32]);
  return `${prefix}-${characters.join('')}`;
}
