import { digest } from '../shared/kernel/digest.ts';

/** As in `newId`: Crockford's base32 in lower case. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * The id of the run that one tick, or one incident, starts. It is made of what it is for, so that whoever starts it
 * again, after a crash or on another machine, finds that it exists.
 */
export function runIdFor(...what: readonly string[]): string {
  const bytes = Buffer.from(digest(what), 'hex').subarray(0, 10);
  return `run-${Array.from(bytes, (byte) => ALPHABET[byte % 32]).join('')}`;
}
