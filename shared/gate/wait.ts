import type { Approval } from '../approvals/approval.ts';
import { OpsError } from '../kernel/errors.ts';
import { oneLine } from '../kernel/text.ts';
import type { Passage } from './passage.ts';
import type { GatePorts } from './ports.ts';

/** Milliseconds between two words to the client that a person is still waited for. */
const PROGRESS = 5_000;

/** Waits where a person can answer at a desk; the approval as it is then. A desk that breaks off ends the wait, and nothing else. */
export async function awaited({ ports, caller, journal }: Passage, approval: Approval): Promise<Approval> {
  const desk = await ports.desk?.();
  if (desk === undefined) return approval;
  const { clientPatience } = await ports.limits();
  const called = caller.reply?.calledAt ?? journal.began;
  const end = Math.min(ports.clock.now() + desk.wait, called + clientPatience, approval.expiresAt);
  const where = await whereToAnswer(ports, approval.id);
  let current = approval;
  try {
    for (let left = desk.wait; current.state === 'pending' && left > 0; left = end - ports.clock.now()) {
      caller.report?.(oneLine(`waiting for a person ${where}`, 200));
      const seen = await desk.changed(approval.id, Math.min(PROGRESS, left), caller.signal);
      if (seen === undefined) break;
      current = seen;
    }
  } catch (error) {
    caller.signal.throwIfAborted();
    if (!(error instanceof OpsError)) throw error;
    journal.log(`call ${journal.id} waits no longer`, error);
  }
  return current;
}

/** Where a person can answer, in our words. */
export async function whereToAnswer({ desk: open }: GatePorts, id: string): Promise<string> {
  const desk = await open?.();
  const link = await desk?.link(id);
  if (link !== undefined) return `at ${link}`;
  const away = desk?.isRemote ? ', since the dashboard cannot be reached' : '';
  return `in a terminal with: k8s-agent approve ${id} (or reject)${away}`;
}
