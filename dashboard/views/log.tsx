import type { OutcomeStatus } from '../../shared/audit/record.ts';
import { Ago, At, Badge, Facts, Json, RunLink, type Tone } from './bits.tsx';
import { describeCall, type LoggedCall } from './calls.ts';
import { type Verified, VerifiedBadge } from './verdict.tsx';

const TONES: Readonly<Record<OutcomeStatus, Tone>> = {
  ok: 'ok',
  error: 'bad',
  refused: 'warn',
  pending: 'info',
  rejected: 'mute',
  expired: 'mute',
  void: 'mute',
  cancelled: 'mute',
  unknown: 'loud',
};

interface CallsProps {
  readonly calls: readonly LoggedCall[];
  /** Whether what was changed has helped, by run. */
  readonly verified: Readonly<Record<string, Verified>>;
  readonly now: number;
}

const runOf = ({ record }: LoggedCall) => record.run ?? '';

/** Calls, one a row; what they were called with is folded into it. */
export function Calls({ calls, verified, now }: CallsProps) {
  return (
    <ol class="log">
      {calls.map((call) => (
        <Call
          call={call}
          now={now}
          verified={Object.hasOwn(verified, runOf(call)) ? verified[runOf(call)] : undefined}
        />
      ))}
    </ol>
  );
}

interface CallProps {
  readonly call: LoggedCall;
  readonly now: number;
  readonly verified?: Verified | undefined;
  readonly inRun?: boolean;
}

/** `inRun`: on the page of its run, where it need not be said whose it is, and its place in time matters. */
export function Call({ call, now, verified, inRun = false }: CallProps) {
  const { record } = call;
  const { at, agent, tier, workflow, run, outcome } = record;
  const unknown = call.state === 'lost' || outcome?.status === 'unknown';
  return (
    <li id={record.id} class={unknown ? 'unknown' : undefined}>
      {inRun ? <At at={Date.parse(at)} /> : <Ago at={Date.parse(at)} now={now} />}
      <Came call={call} />
      <div>
        <strong class="what">{describeCall(record)}</strong>
        <p class="who">
          {agent ?? 'unknown agent'} · {tier ?? 'no tier'}
          {!inRun && workflow && ` · ${workflow}`} {!inRun && run && <RunLink run={run} />}{' '}
          {verified && <VerifiedBadge result={verified} />}
        </p>
        {unknown && (
          <p class="note bad">Outcome unknown: it may have run. Look at the target; it is never run again by itself.</p>
        )}
        {outcome && <p class="message">{outcome.message}</p>}
        <Details call={call} />
      </div>
    </li>
  );
}

function Came({ call: { record, state } }: { call: LoggedCall }) {
  const status = record.outcome?.status;
  if (state === 'lost') return <Badge tone="loud">unknown</Badge>;
  return status === undefined ? <Badge tone="info">begun</Badge> : <Badge tone={TONES[status]}>{status}</Badge>;
}

function Details({ call: { record } }: { call: LoggedCall }) {
  const { server, tool, rule, approval, outcome, session, step, inputs, masked, writer, seq, at, id } = record;
  const by = approval.by && ` by ${approval.by}${approval.via ? ` (${approval.via})` : ''}`;
  const yes = (
    <>
      {approval.type}
      {by} {approval.id && <a href={`/pending/${encodeURIComponent(approval.id)}`}>{approval.id}</a>}
    </>
  );
  return (
    <details class="more">
      <summary>Details</summary>
      <Facts
        facts={[
          ['At', <time datetime={at}>{at}</time>],
          ['Tool', <span class="mono">{`${server}.${tool}`}</span>],
          ['Rule', rule],
          ['Approval', yes],
          ['Took', outcome && `${outcome.durationMs} ms`],
          ['Session', session],
          ['Step', step],
          ['Masked', masked.join(', ')],
          ['Record', <span class="mono">{`${id}, ${writer} ${seq}`}</span>],
        ]}
      />
      <Json title="Arguments" value={inputs} />
    </details>
  );
}
