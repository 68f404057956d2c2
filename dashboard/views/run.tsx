import type { AuditRecord } from '../../shared/audit/record.ts';
import type { RunEvent } from '../../shared/workflow/events.ts';
import { isEnded, type RunState, type RunStatus } from '../../shared/workflow/state.ts';
import type { StepState } from '../../shared/workflow/step-state.ts';
import { Ago, At, Badge, Facts, Json, type Tone, Unreadable, Until } from './bits.tsx';
import { callsOf, type LoggedCall } from './calls.ts';
import { stateOf } from './context.ts';
import type { PagesDeps } from './deps.ts';
import { Call } from './log.tsx';
import type { Reading } from './reading.ts';
import { causeText, type Moment, momentOf } from './timeline.ts';
import { span } from './times.ts';

export const RUN_TONES: Readonly<Record<RunStatus, Tone>> = {
  waiting: 'info',
  running: 'info',
  succeeded: 'ok',
  failed: 'bad',
  cancelled: 'mute',
  'timed-out': 'bad',
  skipped: 'mute',
};

const STEP_TONES: Readonly<Record<StepState['status'], Tone>> = {
  pending: 'mute',
  running: 'info',
  waiting: 'info',
  proposed: 'warn',
  executing: 'info',
  chosen: 'mute',
  done: 'ok',
  skipped: 'mute',
  failed: 'bad',
  unknown: 'loud',
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
        <Summary state={state} now={now} />
      )}
      <h2>Timeline (UTC)</h2>
      <Timeline events={events} calls={calls} now={now} />
    </>
  );
}

function Summary({ state, now }: { state: RunState; now: number }) {
  const { workflow, status, cause, createdAt, updatedAt, deadline, reason, inputs, outputs, steps, cancel } = state;
  const ended = isEnded(state);
  return (
    <>
      <Facts
        facts={[
          ['Workflow', <a href={`/workflows/${encodeURIComponent(workflow)}`}>{workflow}</a>],
          ['State', <Badge tone={RUN_TONES[status]}>{status}</Badge>],
          ['Trigger', causeText(cause)],
          ['Started', <Ago at={createdAt} now={now} />],
          ['Took', ended && span(updatedAt - createdAt)],
          ['Must end', !ended && <Until at={deadline} now={now} />],
          ['Because', reason],
          ['Cancel', cancel && `${cancel.by}: ${cancel.reason}`],
        ]}
      />
      {Object.keys(inputs).length > 0 && <Json title="Inputs" value={inputs} />}
      {Object.keys(outputs).length > 0 && <Json title="Outputs" value={outputs} />}
      <h2>Steps</h2>
      <Steps steps={steps} />
    </>
  );
}

function Steps({ steps }: { steps: RunState['steps'] }) {
  return (
    <ol class="steps">
      {Object.entries(steps).map(([name, step]) => (
        <li aria-current={step.status === 'running' ? 'step' : undefined}>
          <Badge tone={STEP_TONES[step.status]}>{step.status}</Badge> <span class="mono">{name}</span>
          {'reason' in step && <p>{step.reason}</p>}
          {step.status === 'done' && step.note && <p>{step.note}</p>}
          {'actionsTaken' in step && step.actionsTaken.map((taken) => <p class="mono">{taken}</p>)}
        </li>
      ))}
    </ol>
  );
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
