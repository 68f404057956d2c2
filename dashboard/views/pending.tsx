import type { Approval, ApprovalState } from '../../shared/approvals/approval.ts';
import { Approvals } from '../../shared/approvals/approvals.ts';
import { count } from '../../shared/kernel/text.ts';
import { Ask } from './approval.tsx';
import { APPROVAL_TONES, Came } from './approval-state.tsx';
import { Ago, Badge, Unreadable } from './bits.tsx';
import { type Contexts, contextsOf } from './context.ts';
import type { PagesDeps } from './deps.ts';
import type { Reading } from './reading.ts';

const SETTLED: readonly ApprovalState[] = ['rejected', 'expired', 'void', 'executed', 'failed', 'unknown'];

/** Cards on the page at most; who is asked more than this is being flooded. */
const MOST = 100;
const SETTLED_SHOWN = 10;
const FOLD = 12;

export interface Queue {
  readonly pending: readonly Approval[];
  /** Approved, and not done yet. */
  readonly running: readonly Approval[];
  readonly settled: readonly Approval[];
  readonly contexts: Contexts;
}

export async function readQueue(deps: PagesDeps): Promise<Queue> {
  const approvals = new Approvals(deps.approvals, deps.clock);
  // One after the other: what expires while it is read is then found among the settled ones.
  const pending = await approvals.list({ states: ['pending'], limit: MOST });
  const running = await approvals.list({ states: ['approved', 'executing'], limit: MOST });
  const settled = await approvals.list({ states: SETTLED, limit: SETTLED_SHOWN });
  return { pending, running, settled, contexts: await contextsOf(deps, [...pending, ...running]) };
}

interface PendingProps {
  readonly queue: Reading<Queue>;
  readonly csrf: string;
  readonly now: number;
}

export function PendingView({ queue, csrf, now }: PendingProps) {
  if ('failed' in queue) {
    return (
      <>
        <h1>Pending</h1>
        <Unreadable what="The approvals" why={`Something may be waiting for you. ${queue.failed}`} />
      </>
    );
  }
  const { pending, running, settled, contexts } = queue.value;
  const cards = (approvals: readonly Approval[]) =>
    approvals.map((approval) => (
      <Ask
        approval={approval}
        context={approval.run ? contexts[approval.run] : undefined}
        {...{ csrf, now }}
        fold={FOLD}
      />
    ));
  return (
    <>
      <h1>Pending</h1>
      <p class="lead">{lead(pending.length)}</p>
      {cards(pending)}
      {running.length > 0 && <h2>Approved, not done yet</h2>}
      {cards(running)}
      {settled.length > 0 && <Settled approvals={settled} now={now} />}
    </>
  );
}

function lead(pending: number): string {
  if (pending === 0) return 'Nothing is pending.';
  if (pending === MOST) return `${MOST} or more actions wait for a person; the newest ${MOST} are here.`;
  return `${count(pending, 'action waits', 'actions wait')} for a person.`;
}

function Settled({ approvals, now }: { approvals: readonly Approval[]; now: number }) {
  return (
    <section aria-labelledby="settled">
      <h2 id="settled">Settled last</h2>
      <ol class="log">
        {approvals.map((approval) => (
          <li id={approval.id} class={approval.state === 'unknown' ? 'unknown' : undefined}>
            <Ago at={approval.settled?.at ?? approval.createdAt} now={now} />
            <Badge tone={APPROVAL_TONES[approval.state]}>{approval.state}</Badge>
            <div>
              <a href={`/pending/${encodeURIComponent(approval.id)}`}>{approval.what}</a>
              <Came approval={approval} now={now} />
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
