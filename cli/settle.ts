import type { Verdict } from '../shared/approvals/approvals.ts';
import { OpsError } from '../shared/kernel/errors.ts';
import { approvalText } from './approval-text.ts';
import type { Context } from './context.ts';
import { demandPassphrase, demandTerminal } from './passphrase/ask.ts';
import { unknownApproval, withApprovals } from './store.ts';

/** A person's answer at their own terminal: they see the whole preview, then prove who they are. */
export async function settle(
  context: Context,
  id: string,
  answer: Pick<Verdict, 'decision' | 'reason'>,
): Promise<number> {
  demandTerminal(context, answer.decision === 'approve' ? 'Approving' : 'Rejecting');
  const done = await withApprovals(context, async (approvals) => {
    const approval = await approvals.get(id);
    if (approval === undefined) throw unknownApproval(id);
    context.terminal.write(`${approvalText(approval).trimEnd()}\n\n`);
    if (approval.state !== 'pending') {
      throw new OpsError(
        'conflict',
        `It is ${approval.state}, so there is nothing to ${answer.decision}.`,
        'Ask the agent to call again.',
      );
    }
    await demandPassphrase(context, `Passphrase to ${answer.decision} this`);
    return approvals.settle(id, { ...answer, by: context.person, via: 'cli' });
  });
  if (done === undefined) throw unknownApproval(id);
  const next =
    answer.decision === 'approve'
      ? 'It runs once, when the agent calls again with the same arguments.'
      : 'It will not run.';
  context.terminal.write(`${id} is ${done.state}. ${next}\n`);
  return 0;
}
