import type { OutcomeStatus } from '../../shared/audit/record.ts';
import { Ago, At, Badge, Facts, Json, RunLink, type Tone } from './bits.tsx';
import { describeCall, type LoggedCall } from './calls.ts';

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

/** Calls, one a row; what they were called with is folded into it. */
export function Calls({ calls, now }: { calls: readonly LoggedCall[]; now: number }) {
  return (
    <ol class="log">
      {calls.map((call) => (
        <Call call={call} now={now} />
      ))}
    </ol>
  );
}

/** `inRun`: on the page of its run, where it need not be said whose it is, and its place in time matters. */
export function Call({ call, now, inRun = false }: { call: LoggedCall; now: number; inRun?: boolean }) {
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
          {!inRun && workflow && ` · ${workflow}`} {!inRun && run && <RunLink run={run} />}
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
