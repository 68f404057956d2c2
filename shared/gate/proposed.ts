import type { ApprovalState } from '../approvals/approval.ts';
import { OpsError } from '../kernel/errors.ts';
import type { ApprovedCall, Planned, Verdict } from './call.ts';
import { execute } from './execute.ts';
import { byProposal } from './mandate.ts';
import type { Passage } from './passage.ts';

/**
 * A yes that has been used: what it was used for is an event of the run by now. Whoever recorded that may have died
 * before it could say so of the approval.
 */
const USED: readonly ApprovalState[] = ['executing', 'executed', 'unknown'];

/**
 * A person has approved exactly this call as part of a run's proposal: it runs once, and asks nobody a second time.
 * What cannot even be planned has failed: the proposal stood for the cluster as it was.
 */
export async function carryOut(
  passage: Passage,
  approved: ApprovedCall,
  planned: () => Promise<Planned>,
): Promise<Verdict> {
  const { ports, caller, journal } = passage;
  const approval = await (await ports.approvals()).get(approved.approval);
  const isForThis = approval?.run === caller.run?.id && approval?.key === approved.key;
  if (approval?.settled === undefined || !USED.includes(approval.state) || !isForThis) {
    throw new OpsError(
      'precondition_failed',
      `Approval ${approved.approval} does not cover this call.`,
      'Ask for the run’s status; nothing was changed.',
    );
  }
  journal.approvedBy(approval);
  const plan = await inTime(passage, approved)
    .then(planned)
    .catch(async (error: unknown) => {
      const known = error instanceof OpsError && !caller.signal.aborted;
      if (known && (await approved.begin())) await approved.end('failed', `not started: ${error.message}`);
      throw error;
    });
  return execute(passage, plan, byProposal(approved));
}

/** A yes was to the cluster of its time: after an outage it counts no longer than one that nobody has used. */
async function inTime({ ports }: Passage, { approval, since }: ApprovedCall): Promise<void> {
  const late = ports.clock.now() - since;
  if (late < (await ports.limits()).approvalLife) return;
  throw new OpsError(
    'precondition_failed',
    `Approval ${approval} is too old for this call: nothing of it was begun for ${Math.round(late / 60_000)} minutes.`,
    'Nothing was changed. Look at the target, and ask again.',
  );
}
