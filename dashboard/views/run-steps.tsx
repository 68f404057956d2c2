import type { RunEvent } from '../../shared/workflow/events.ts';
import type { RunState } from '../../shared/workflow/state.ts';
import type { StepState } from '../../shared/workflow/step-state.ts';
import { Badge, type Tone } from './bits.tsx';
import { spentIn, spentText } from './spent.ts';

const TONES: Readonly<Record<StepState['status'], Tone>> = {
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

/** How far each step is, and what its agent took. */
export function Steps({ steps, events }: { steps: RunState['steps']; events: readonly RunEvent[] }) {
  return (
    <ol class="steps">
      {Object.entries(steps).map(([name, step]) => (
        <li aria-current={step.status === 'running' ? 'step' : undefined}>
          <Badge tone={TONES[step.status]}>{step.status}</Badge> <span class="mono">{name}</span>
          {step.status === 'running' && step.by && ` at ${step.by}`}
          {'reason' in step && <p>{step.reason}</p>}
          {step.status === 'done' && step.note && <p>{step.note}</p>}
          {'actionsTaken' in step && step.actionsTaken.map((taken) => <p class="mono">{taken}</p>)}
          <Took events={events} step={name} />
        </li>
      ))}
    </ol>
  );
}

function Took({ events, step }: { events: readonly RunEvent[]; step: string }) {
  const spent = spentIn(events, step);
  return (
    <>
      {spent && <p class="who">{spentText(spent)}</p>}
      {transcriptsOf(events, step).map(({ file, by }) => (
        <p class="who">
          Transcript{by && ` at ${by}`}: <span class="mono">{file}</span>
        </p>
      ))}
    </>
  );
}

/** The files of all attempts, each with the daemon whose machine has it. */
function transcriptsOf(events: readonly RunEvent[], step: string) {
  const begun = events.flatMap((event) => (event.type === 'step-started' && event.step === step ? event : []));
  return events.flatMap((event) => {
    if (event.type !== 'step-finished' && event.type !== 'step-failed') return [];
    if (event.step !== step || event.transcript === undefined) return [];
    return { file: event.transcript, by: begun.find(({ attempt }) => attempt === event.attempt)?.by };
  });
}
