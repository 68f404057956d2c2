import type { Approval } from '../approvals/approval.ts';
import type { ApprovedCall } from './call.ts';
import type { Passage } from './passage.ts';

/** A person's yes, as far as one execution uses it up. */
export interface Mandate {
  /** For the log. */
  readonly name: string;
  /** False where another call has used it, or its time is over. */
  claim(): Promise<boolean>;
  finish(state: 'executed' | 'failed' | 'unknown', result: string): Promise<void>;
  /** Why it could not be claimed. */
  lost(): Promise<{ readonly message: string; readonly text: string }>;
}

/** One approval, for this one call. */
export function byApproval({ ports, journal }: Passage, approval: Approval): Mandate {
  const approvals = async () => ports.approvals();
  let claimed: Approval | undefined;
  return {
    name: `approval ${approval.id}`,
    claim: async () => {
      const { deadline } = await ports.limits();
      claimed = await (await approvals()).claim(approval.id, journal.id, ports.audit.writer, deadline);
      return claimed !== undefined;
    },
    finish: async (state, result) => {
      if (claimed !== undefined) await (await approvals()).finish(claimed, state, result);
    },
    lost: async () => {
      const now = await (await approvals()).get(approval.id);
      return {
        message: `approval ${approval.id} could not be claimed`,
        text: `Approval ${approval.id} is ${now?.state ?? 'gone'}: another call used it, or its time is over. Nothing was changed by this call. Call again to ask anew.`,
      };
    },
  };
}

const STATUS = { executed: 'ok', failed: 'failed', unknown: 'unknown' } as const;

/** One action of a proposal that was approved for a run. */
export function byProposal(approved: ApprovedCall): Mandate {
  return {
    name: `an action of approval ${approved.approval}`,
    claim: () => approved.begin(),
    finish: (state, result) => approved.end(STATUS[state], result),
    lost: async () => ({
      message: `an action of approval ${approved.approval} was begun already`,
      text: 'Another call has begun this action of the run. Nothing was changed by this call. Ask for the run’s status.',
    }),
  };
}
