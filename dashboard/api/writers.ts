import type { Documents } from '../../shared/control-plane/ports.ts';
import { OpsError } from '../../shared/kernel/errors.ts';

/** Who has begun a run: `agent` or `daemon`. Kept for longer than any run lasts, in milliseconds. */
const WRITER = 'run-writer';
const KEPT = 366 * 86_400_000;

/**
 * A run belongs to those who have begun it. What a daemon’s run says, that a step was started or a proposal approved, is
 * acted upon by the daemon and its servers: with an agent’s token, which a model may have read, nobody adds to that.
 */
export async function demandWriter(documents: Documents, run: string, kind: string, now: number): Promise<void> {
  if (await documents.insert(WRITER, run, kind, now + KEPT)) return;
  const writer = await documents.get(WRITER, run, now);
  if (writer === undefined || writer === kind) return;
  throw new OpsError(
    'forbidden',
    `Run ${run} was begun by another kind of token (${writer}).`,
    'Start a run of its own.',
  );
}

/** Undefined where nobody has begun it here. */
export async function writerOf(documents: Documents, run: string, now: number): Promise<unknown> {
  return documents.get(WRITER, run, now);
}
