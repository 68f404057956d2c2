import { OpsError } from '../shared/kernel/errors.ts';

/** Does `work` for one after the other: what fails for one holds up no other. In the end it throws the first error. */
export async function forEach<T>(all: Iterable<T>, work: (one: T) => Promise<void>): Promise<void> {
  const errors: unknown[] = [];
  for (const one of all) {
    await work(one).catch((error: unknown) => errors.push(error));
    if (isAway(errors.at(-1))) break;
  }
  if (errors.length > 0) throw errors[0];
}

/** It would be the same for all others, and take long. */
export function isAway(error: unknown): boolean {
  return error instanceof OpsError && ['unreachable', 'timeout'].includes(error.code);
}
