import type { Approval, ApprovalState } from '../../shared/approvals/approval.ts';
import { Ago, type Tone } from './bits.tsx';

export const APPROVAL_TONES: Readonly<Record<ApprovalState, Tone>> = {
  pending: 'warn',
  approved: 'info',
  executing: 'info',
  executed: 'ok',
  failed: 'bad',
  unknown: 'loud',
  rejected: 'mute',
  expired: 'mute',
  void: 'mute',
};

/** What a state means to a person who does not know these words; the result follows. */
const MEANING: Readonly<Record<ApprovalState, string>> = {
  pending: 'Waiting for a person',
  approved: 'Approved, and waiting for the call to take it',
  executing: 'Being executed',
  executed: 'Executed',
  failed: 'Tried, and failed',
  unknown: 'Outcome unknown: it may have run. Look at the target; it is never run again by itself',
  rejected: 'Nothing was changed',
  expired: 'Expired, nothing was changed',
  void: 'Void, nothing was changed',
};

/** What has become of it. */
export function Came({ approval: { state, settled, result }, now }: { approval: Approval; now: number }) {
  return (
    <p class={state === 'unknown' || state === 'failed' ? 'note bad' : 'note'}>
      {MEANING[state]}
      {result ? `: ${result}` : '.'}
      {settled && (
        <>
          {' '}
          {state === 'rejected' ? 'Rejected' : 'Approved'} by <strong>{settled.by}</strong> ({settled.via}){' '}
          <Ago at={settled.at} now={now} />
          {settled.reason && <q>{settled.reason}</q>}
        </>
      )}
    </p>
  );
}
