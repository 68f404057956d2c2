import { OpsError } from '../../shared/kernel/errors.ts';
import { neutralize } from '../../shared/kernel/text.ts';

/** What came of reading a store. A page never takes "could not be read" for "there is nothing". */
export type Reading<T> = { readonly value: T } | { readonly failed: string };

/** Reads a part of a page. What a store says of its own failure is shown; anything else is a bug and is thrown. */
export async function reading<T>(read: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { value: visible(await read()) };
  } catch (error) {
    if (error instanceof OpsError) return { failed: neutralize(`${error.message} ${error.hint}`) };
    throw error;
  }
}

/**
 * A copy of plain data in which no text hides or reorders what a person reads. Every view reads through this, so that none has to
 * think of it. Escaping is JSX's.
 */
export function visible<T>(value: T): T {
  if (value === undefined) return value;
  // On the text of the JSON first: that reaches keys, too.
  const copy: T = JSON.parse(neutralize(JSON.stringify(value)), (_, item: unknown) =>
    typeof item === 'string' ? neutralize(item) : item,
  );
  return copy;
}
