import type { DaemonContent, DaemonDocument, DaemonState } from '../shared/control-plane/ports.ts';
import { OpsError } from '../shared/kernel/errors.ts';

/** How often a decision is made anew when another daemon was faster. */
const TRIES = 50;

export interface Decision<R> {
  readonly answer: R;
  /** What is to be there afterwards. Left out: as it is. */
  readonly next?: DaemonContent | 'nothing';
}

/**
 * Decides about one document, and writes what comes of it before anybody else changes it. `make` is asked anew with each
 * try, so it must do nothing that may not be done twice. Throws the store's `OpsError`: then what was decided may be
 * there or not, and the same decision, made again, finds out.
 */
export async function decide<R>(
  state: DaemonState,
  part: string,
  key: string,
  make: (found: DaemonDocument | undefined) => Decision<R> | Promise<Decision<R>>,
): Promise<R> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = await state.get(part, key);
    const { answer, next } = await make(found);
    if (next === undefined) return answer;
    const content = next === 'nothing' ? undefined : next;
    if (content === undefined && found === undefined) return answer;
    if (await state.swap(part, key, found?.version ?? 0, content)) return answer;
  }
  throw new OpsError('conflict', `${key} (${part}) is changed by others all the time.`, 'Try again.');
}
