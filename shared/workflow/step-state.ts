import { OpsError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { EventOf, Proposal, ProposedAction, RunEvent } from './events.ts';

type ActionStatus = 'waiting' | 'started' | 'ok';

/** How far a step is. `done`, `skipped` and `failed` are settled. */
export type StepState =
  | { readonly status: 'pending' }
  | {
      readonly status: 'running';
      readonly attempt: number;
      readonly startedAt: number;
      readonly deadline: number;
      readonly by?: string;
    }
  /** For its next attempt. */
  | { readonly status: 'waiting'; readonly attempt: number; readonly until: number }
  /** For a person's yes to the actions that it proposed. */
  | { readonly status: 'proposed'; readonly answer: JsonObject; readonly proposal: Proposal }
  | {
      readonly status: 'executing';
      readonly answer: JsonObject;
      readonly proposal: Proposal;
      readonly approval?: string;
      readonly actions: readonly ActionStatus[];
    }
  | { readonly status: 'chosen'; readonly value: boolean }
  | {
      readonly status: 'done';
      readonly answer: JsonObject;
      readonly actionsTaken: readonly string[];
      readonly note?: string;
    }
  | { readonly status: 'skipped'; readonly reason: string }
  | { readonly status: 'failed'; readonly reason: string; readonly actionsTaken: readonly string[] }
  /** Nobody knows what it did: a person decides. It is never run again by itself. */
  | {
      readonly status: 'unknown';
      readonly reason: string;
      readonly answer: JsonObject;
      readonly actionsTaken: readonly string[];
    };

type StepEvent = Extract<RunEvent, { step: string }>;

/** A step's life: each event fits only the states that it may come from. */
export function reduceStep(step: StepState, event: StepEvent): StepState {
  const next = moved(step, event);
  if (next === undefined) throw misfit(event, `step "${event.step}" is ${step.status}`);
  return next;
}

/** An event that does not fit is refused before it is stored: so nothing happens twice. */
export function misfit({ type }: RunEvent, why: string): OpsError {
  return new OpsError(
    'conflict',
    `The event ${type} does not fit: ${why}.`,
    'Read the run again and go on from its state.',
  );
}

function moved(step: StepState, event: StepEvent): StepState | undefined {
  switch (event.type) {
    case 'chosen':
      return step.status === 'pending' ? { status: 'chosen', value: event.value } : undefined;
    case 'skipped':
      return step.status === 'pending' ? { status: 'skipped', reason: event.reason } : undefined;
    case 'reported':
      return step.status === 'pending' ? done(event.outputs) : undefined;
    case 'step-started':
      return started(step, event);
    case 'step-finished':
      return finished(step, event);
    case 'step-failed':
      return failed(step, event);
    case 'proposal-settled':
      return settled(step, event);
    case 'action-started':
    case 'action-finished':
      return acted(step, event);
    case 'person-decided':
      return decided(step, event);
  }
}

function done(answer: JsonObject, actionsTaken: readonly string[] = [], note?: string): StepState {
  return { status: 'done', answer, actionsTaken, ...(note !== undefined && { note }) };
}

function started(step: StepState, { at, attempt, deadline, by }: EventOf<'step-started'>): StepState | undefined {
  const last = step.status === 'pending' ? 0 : step.status === 'waiting' ? step.attempt : undefined;
  return last !== undefined && attempt === last + 1
    ? { status: 'running', attempt, startedAt: at, deadline, ...(by !== undefined && { by }) }
    : undefined;
}

function finished(step: StepState, { attempt, answer, proposal }: EventOf<'step-finished'>): StepState | undefined {
  if (step.status !== 'running' || step.attempt !== attempt) return undefined;
  return proposal === undefined ? done(answer) : { status: 'proposed', answer, proposal };
}

/** Attempt 0 is a step that could not even be asked for. */
function failed(step: StepState, { attempt, reason, changed, retryAt }: EventOf<'step-failed'>): StepState | undefined {
  const begun = step.status === 'running' || step.status === 'waiting';
  const current = begun ? step.attempt : step.status === 'pending' ? 0 : undefined;
  if (attempt !== current || (retryAt !== undefined && (changed !== 'nothing' || step.status !== 'running')))
    return undefined;
  if (changed === 'unknown') return { status: 'unknown', reason, answer: {}, actionsTaken: [] };
  return retryAt === undefined
    ? { status: 'failed', reason, actionsTaken: [] }
    : { status: 'waiting', attempt, until: retryAt };
}

function settled(
  step: StepState,
  { digest, decision, by, approval }: EventOf<'proposal-settled'>,
): StepState | undefined {
  if (step.status !== 'proposed' || step.proposal.digest !== digest) return undefined;
  const { answer, proposal } = step;
  if (decision !== 'approved') return done(answer, [], `the proposed actions were ${decision} (${by})`);
  return {
    ...{ status: 'executing', answer, proposal, actions: proposal.actions.map(() => 'waiting') },
    ...(approval !== undefined && { approval }),
  };
}

/** One after the other, and each once. */
function acted(step: StepState, event: EventOf<'action-started'> | EventOf<'action-finished'>): StepState | undefined {
  if (step.status !== 'executing') return undefined;
  const { answer, proposal, actions } = step;
  const current = actions.findIndex((status) => status !== 'ok');
  const expected = event.type === 'action-started' ? 'waiting' : 'started';
  if (event.index !== current || actions[current] !== expected) return undefined;
  if (event.type === 'action-started') return { ...step, actions: actions.with(current, 'started') };
  const taken = proposal.actions.slice(0, current).map(actionText);
  const reason = `${actionText(proposal.actions[current])}: ${event.message}`;
  if (event.status === 'failed') return { status: 'failed', reason, actionsTaken: taken };
  if (event.status === 'unknown') return { status: 'unknown', reason, answer, actionsTaken: taken };
  const last = current === actions.length - 1;
  return last ? done(answer, proposal.actions.map(actionText)) : { ...step, actions: actions.with(current, 'ok') };
}

function decided(step: StepState, { outcome, note, by }: EventOf<'person-decided'>): StepState | undefined {
  if (step.status !== 'unknown') return undefined;
  const { answer, actionsTaken } = step;
  const reason = `${note} (decided by ${by})`;
  return outcome === 'succeeded' ? done(answer, actionsTaken, reason) : { status: 'failed', reason, actionsTaken };
}

/** `kubectl.scale {"kind":"Deployment",…}` */
function actionText(action: ProposedAction | undefined): string {
  return action === undefined ? '' : `${action.server}.${action.tool} ${JSON.stringify(action.input)}`;
}
