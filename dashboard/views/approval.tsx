import type { Approval } from '../../shared/approvals/approval.ts';
import { APPROVAL_TONES, Came } from './approval-state.tsx';
import { Ago, Badge, Facts, Json, RunLink, Until } from './bits.tsx';
import type { RunContext } from './context.ts';
import { Preview } from './preview.tsx';

export interface AskProps {
  readonly approval: Approval;
  readonly context?: RunContext | undefined;
  readonly csrf: string;
  readonly now: number;
  /** Lines of the preview that are not folded away. */
  readonly fold: number;
  /** The page of one approval has its title as the page's. */
  readonly alone?: boolean;
}

/** One question to a person, with all that they need to answer it. */
export function Ask({ approval, context, csrf, now, fold, alone = false }: AskProps) {
  const { id, what, change, state, expiresAt, details, input } = approval;
  const pending = state === 'pending';
  return (
    <article
      id={id}
      class={`ask ${state}`}
      aria-labelledby={`${id}-what`}
      data-ask={pending ? what : undefined}
      data-expires={pending ? expiresAt : undefined}
    >
      <header>
        <What id={id} what={what} alone={alone} />
        <span class="state">
          <Badge tone={APPROVAL_TONES[state]}>{state}</Badge>
          {pending && (
            <span class="expiry">
              expires <Until at={expiresAt} now={now} />
            </span>
          )}
        </span>
      </header>
      <Change change={change} />
      {!pending && <Came approval={approval} now={now} />}
      {context?.stale && (state === 'pending' || state === 'approved') && (
        <p class="note warn">
          <strong>Stale:</strong> {context.stale}. Is this still wanted?
        </p>
      )}
      <Why approval={approval} context={context} now={now} />
      <Preview details={details} fold={fold} />
      <Json title="Arguments of the call" value={input} />
      {pending && <Answer approval={approval} csrf={csrf} />}
    </article>
  );
}

function What({ id, what, alone }: { id: string; what: string; alone: boolean }) {
  const lines = what.split('\n').map((line) => <span>{line}</span>);
  return alone ? (
    <h1 id={`${id}-what`} class="what">
      {lines}
    </h1>
  ) : (
    <h2 id={`${id}-what`} class="what">
      <a href={`/pending/${encodeURIComponent(id)}`}>{lines}</a>
    </h2>
  );
}

/** `replicas 2 → 5` with both sides told apart. */
function Change({ change }: { change: string }) {
  const [from, to, ...more] = change.split(' → ');
  if (to === undefined || more.length > 0) return <p class="change">{change}</p>;
  return (
    <p class="change">
      <span class="from">{from}</span> <span aria-hidden="true">→</span>
      <span class="sr">to</span> <span class="to">{to}</span>
    </p>
  );
}

function Why({ approval, context, now }: Pick<AskProps, 'approval' | 'context' | 'now'>) {
  const { agent, why, risk, server, tool, rule, run, createdAt, fingerprint } = approval;
  const asked = (
    <>
      <strong>{agent ?? 'an unknown agent'}</strong> <Ago at={createdAt} now={now} />
    </>
  );
  const belongs = run && (
    <>
      {context?.workflow} <RunLink run={run} />
    </>
  );
  return (
    <Facts
      facts={[
        ['Asked by', asked],
        ['Why', why],
        ['Risk', <span class="risk">{risk}</span>],
        ['Run', belongs],
        ['Tool', <span class="mono">{`${server}.${tool}`}</span>],
        ['Asks because of', <span class="mono">{rule}</span>],
        ['Revision', <span>{fingerprint.slice(0, 12)}, as the preview saw it; if it moves, a yes is void</span>],
      ]}
    />
  );
}

function Answer({ approval: { id, what }, csrf }: { approval: Approval; csrf: string }) {
  const subject = <span class="sr">{what}</span>;
  return (
    <form method="post" action={`/api/approvals/${encodeURIComponent(id)}/settle`} class="answer" data-once>
      <input type="hidden" name="csrf" value={csrf} />
      <div class="field">
        <label for={`${id}-reason`}>Reason (optional)</label>
        {/* Several lines, since Enter in a field of one line presses the first button. */}
        <textarea id={`${id}-reason`} name="reason" rows={1} maxlength={500} autocomplete="off" />
      </div>
      <div class="buttons">
        <button type="submit" name="decision" value="approve" class="approve">
          Approve {subject}
        </button>
        <button type="submit" name="decision" value="reject" class="reject">
          Reject {subject}
        </button>
      </div>
    </form>
  );
}
