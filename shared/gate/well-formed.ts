import { OpsError } from '../kernel/errors.ts';

/** Half a character in a JSON text: whole ones are never written as escapes there. */
const HALF = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g;

/** A copy with � for each half of a character: JSON can carry those, and nothing that has one can be hashed or logged. */
export function wellFormed<T extends object>(value: T): T {
  const copy: T = JSON.parse(JSON.stringify(value).replace(HALF, '$1\ufffd'));
  return copy;
}

/** Throws where the arguments of a call hold one: what a person reads of them is then what is sent. */
export function demandWellFormed(input: object): void {
  if (JSON.stringify(input).search(HALF) === -1) return;
  throw new OpsError('invalid_input', 'The arguments hold half a character (a lone surrogate).', 'Send whole ones.');
}
