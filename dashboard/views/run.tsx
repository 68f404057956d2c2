import type { AuditRecord } from '../../shared/audit/record.ts';
import type { RunEvent } from '../../shared/workflow/events.ts';
import { isEnded, type RunState, type RunStatus } from '../../shared/workflow/state.ts';
import { Ago, At, Badge, Facts, Json, type Tone, Unreadable, Until } from './bits.tsx';
import { callsOf, type LoggedCall } from './calls.ts';
import { stateOf } from './context.ts';
import type { PagesDeps } from './deps.ts';
import { Call } from './log.tsx';
import type { Reading } from './reading.ts';
import { Steps } from './run-steps.tsx';
import { spentIn, spentText } from './spent.ts';
import { causeText, type Moment, momentOf } from './timeline.ts';
import { span } from './times.ts';
import { alertsText, Verdict } from './verdict.tsx';

export const RUN_TONES: Readonly<Record<RunStatus, Tone>> = {
  waiting: 'info',
  running: 'info',
  succeeded: 'ok',
  failed: 'bad',
  cancelled: 'mute',
  'timed-out': 'bad',
  skipped: 'mute',
};

/** Actions of one run that are shown at most. */
const MOST = 500;

export interface RunRead {
  readonly events: readonly RunEvent[];
  readonly calls: readonly LoggedCall[];
}

export async function readRun({ runs, actions, clock }: PagesDeps, run: string): Promise<RunRead> {
  const [events, { records }] = await Promise.all([runs.read(run), actions.list({ run, limit: MOST })]);
  return { events, calls: await callsOf(actions, records, clock.now()) };
}

export function RunView({ run, read, now }: { run: string; read: Reading<RunRead>; now: number }) {
  if ('failed' in read) {
    return (
      <>
        <h1>Run {run}</h1>
        <Unreadable what="This run" why={read.failed} />
      </>
    );
  }
  const { events, calls } = read.value;
  const state = stateOf(events);
  return (
    <>
      <h1>
        Run <span class="mono">{run}</span>
      </h1>
      {state === undefined ? (
        <p class="note">No events of this run are here; these are the actions that were logged for it.</p>
      ) : (
        <Summary state={state} events={events} now={now} />
      )}
      <h2>Timeline (UTC)</h2>
      <Timeline events={events} calls={calls} now={now} />
    </>
  );
}

function Summary({ state, events, now }: { state: RunState; events: readonly RunEvent[]; now: number }) {
  const { workflow, status, cause, createdAt, updatedAt, deadline, reason, inputs, outputs, steps, cancel } = state;
  const ended = isEnded(state);
  const spent = spentIn(events);
  return (
    <>
      <Verdict state={state} />
      <Facts
        facts={[
          ['Workflow', <a href={`/workflows/${encodeURIComponent(workflow)}`}>{workflow}</a>],
          ['State', <Badge tone={RUN_TONES[status]}>{status}</Badge>],
          ['Trigger', causeText(cause)],
          ['Alerts', alertsText(events)],
          ['Started', <Ago at={createdAt} now={now} />],
          ['Took', ended && span(updatedAt - createdAt)],
          ['Must end', !ended && <Until at={deadline} now={now} />],
          ['Cost', spent && spentText(spent)],
          ['Daemon', daemonsOf(events)],
          ['Because', reason],
          ['Cancel', cancel && `${cancel.by}: ${cancel.reason}`],
        ]}
      />
      {Object.keys(inputs).length > 0 && <Json title="Inputs" value={inputs} />}
      {Object.keys(outputs).length > 0 && <Json title="Outputs" value={outputs} />}
      <h2>Steps</h2>
      <Steps steps={steps} events={events} />
    </>
  );
}

/** Those that ran a step of it: more than one where another took it over. */
function daemonsOf(events: readonly RunEvent[]): string {
  const all = events.flatMap((event) => (event.type === 'step-started' ? (event.by ?? []) : []));
  return [...new Set(all)].join(', ');
}

/** Events and actions in one order: from the trigger to the outcome. */
function Timeline({ events, calls, now }: RunRead & { now: number }) {
  const entries = [
    ...events.map((event) => ({ at: event.at, item: <Event moment={momentOf(event)} /> })),
    ...calls.map((call) => ({ at: timeOf(call.record), item: <Call call={call} now={now} inRun /> })),
  ];
  return <ol class="log">{entries.sort((a, b) => a.at - b.at).map(({ item }) => item)}</ol>;
}

function timeOf({ at }: AuditRecord): number {
  return Date.parse(at);
}

function Event({ moment }: { moment: Moment }) {
  const { at, tone, label, text, step, approval, value } = moment;
  return (
    <li>
      <At at={at} />
      <Badge tone={tone}>{label}</Badge>
      <div>
        {step && <strong class="mono">{step}</strong>} {text}{' '}
        {approval && <a href={`/pending/${encodeURIComponent(approval)}`}>{approval}</a>}
        {value !== undefined && <Json title="Content" value={value} />}
      </div>
    </li>
  );
}
