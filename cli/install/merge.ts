import { isDeepStrictEqual } from 'node:util';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { z } from 'zod';
import { OpsError } from '../../shared/kernel/errors.ts';
import { at, isObject, type Json } from '../../shared/kernel/json.ts';
import { addItem, addKey, remove, replace } from './jsonc.ts';

/** Something that has to stand in a file: a key of an object, or an item of a list. */
export type Wanted =
  | {
      readonly kind: 'key';
      readonly path: readonly string[];
      readonly value: Json;
      readonly theirs: 'keep' | 'replace';
    }
  | { readonly kind: 'item'; readonly path: readonly string[]; readonly value: Json };

const json: z.ZodType<Json> = z.json();

/** What was written into a file of the user's, so that exactly this can be taken out again. */
export const changeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('key'), path: z.array(z.string()), value: json, old: json.exactOptional() }),
  z.strictObject({ kind: z.literal('item'), path: z.array(z.string()), value: json }),
  /** An empty object or list that was made to hold the others. */
  z.strictObject({ kind: z.literal('holder'), path: z.array(z.string()), value: json }),
]);
export type Change = z.output<typeof changeSchema>;

export interface Merged {
  readonly text: string;
  readonly changes: readonly Change[];
}

/** Parses JSON with comments. Throws with line and column where it is broken. */
export function parseJsonc(text: string, file: string): Record<string, unknown> {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  const hint = 'Repair it first; nothing was changed.';
  if (first !== undefined) {
    const before = text.slice(0, first.offset).split('\n');
    const where = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
    throw new OpsError('config_invalid', `${file} is broken: ${printParseErrorCode(first.error)} at ${where}.`, hint);
  }
  if (!isObject(value)) throw new OpsError('config_invalid', `${file} is not a JSON object.`, hint);
  return value;
}

/** Writes what is wanted and not there yet. What the user has stays, byte for byte. */
export function merge(text: string, wanted: readonly Wanted[], file: string): Merged {
  const changes: Change[] = [];
  let current = text;
  for (const want of wanted) {
    const value = parseJsonc(current, file);
    if (isThere(value, want)) continue;
    const holders = want.kind === 'key' ? want.path.slice(0, -1) : want.path;
    for (const depth of holders.keys()) {
      const path = holders.slice(0, depth + 1);
      if (at(parseJsonc(current, file), ...path) !== undefined) continue;
      const empty = want.kind === 'item' && depth === holders.length - 1 ? [] : {};
      current = addKey(current, path.slice(0, -1), path.at(-1) ?? '', empty);
      changes.push({ kind: 'holder', path, value: empty });
    }
    const { text: next, change } = write(current, want, at(value, ...want.path));
    current = next;
    changes.push(change);
    check(current, want, file);
  }
  return { text: current, changes };
}

function write(text: string, want: Wanted, old: unknown): { readonly text: string; readonly change: Change } {
  const path = [...want.path];
  if (want.kind === 'item')
    return { text: addItem(text, path, want.value), change: { kind: 'item', path, value: want.value } };
  const { value } = want;
  if (old === undefined)
    return { text: addKey(text, path.slice(0, -1), path.at(-1) ?? '', value), change: { kind: 'key', path, value } };
  return { text: replace(text, path, value), change: { kind: 'key', path, value, old: json.parse(old) } };
}

function isThere(value: unknown, want: Wanted): boolean {
  const found = at(value, ...want.path);
  if (want.kind === 'item') return Array.isArray(found) && found.some((item) => isDeepStrictEqual(item, want.value));
  return found !== undefined && (want.theirs === 'keep' || isDeepStrictEqual(found, want.value));
}

/** A file with a key twice, or another oddity, is edited where nobody reads it: then nothing may be written. */
function check(text: string, want: Wanted, file: string): void {
  if (isThere(parseJsonc(text, file), want)) return;
  throw new OpsError(
    'config_invalid',
    `${file}: "${want.path.join('.')}" cannot be merged (does a key stand there twice?).`,
    'Correct it in the file; nothing was changed.',
  );
}

/** Takes out what was written, where it still stands as written. What the user changed since is theirs. */
export function unmerge(text: string, changes: readonly Change[], file: string): string {
  let current = text;
  for (const change of [...changes].reverse()) {
    const found = at(parseJsonc(current, file), ...change.path);
    if (change.kind === 'item') {
      const index = Array.isArray(found) ? found.findIndex((item) => isDeepStrictEqual(item, change.value)) : -1;
      if (index !== -1) current = remove(current, [...change.path, index]);
    } else if (isDeepStrictEqual(found, change.value)) {
      const old = change.kind === 'key' ? change.old : undefined;
      current = old === undefined ? remove(current, change.path) : replace(current, change.path, old);
    }
  }
  return current;
}
