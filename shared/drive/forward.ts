import type { Effects } from '../audit/effects.ts';
import { workflowIn } from '../config/workflows.ts';
import type { GatePorts } from '../gate/ports.ts';
import type { Catalog } from '../workflow/catalog.ts';
import type { Workflow } from '../workflow/definition.ts';
import type { RunEvent } from '../workflow/events.ts';
import { failedEvent } from '../workflow/outcomes.ts';
import type { Position, Runs } from '../workflow/runs.ts';
import { answeredElsewhere } from './proposal.ts';

/** What both drivers of runs need, the server of a chat and the daemon. */
export interface DriveDeps {
  readonly runs: () => Promise<Runs>;
  /** Read anew each time: a person may edit a file at any moment. */
  readonly catalog: () => Promise<Catalog>;
  readonly ports: GatePorts;
  /** What an attempt of a step has changed since it began, by the records of all servers. */
  readonly effects: (attempt: Attempt) => Effects | Promise<Effects>;
}

/** An attempt of a step that is running. */
export interface Attempt {
  readonly run: string;
  readonly workflow: Workflow;
  readonly step: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** The daemon that began it; undefined in a chat. */
  readonly by?: string;
}

/** A run at the point where an agent or a person has to do something, or where it has ended. */
export interface Place extends Position {
  readonly workflow: Workflow;
}

/** Milliseconds after which an action that was begun and has no outcome is lost: the gate's deadline, and some. */
const LOST = 150_000;

/** Brings a run as far as it comes without an agent and without a person. */
export async function forward(deps: DriveDeps, run: string): Promise<Place> {
  const runs = await deps.runs();
  const workflow = workflowIn(await deps.catalog(), (await runs.get(run)).workflow);
  for (;;) {
    const place = { ...(await runs.advance(workflow, run)), workflow };
    const event = await concluded(deps, place);
    if (event === undefined) return place;
    await runs.record(run, () => event);
  }
}

/** What can be said without an agent or a person; undefined where one of them is needed. */
async function concluded(deps: DriveDeps, place: Place): Promise<RunEvent | undefined> {
  const { command, workflow, state } = place;
  const at = deps.ports.clock.now();
  switch (command.kind) {
    case 'abort-step': {
      const failure = { reason: command.reason, changed: await changedBy(deps, place, command.step) };
      return failedEvent(workflow, state, command.step, failure, at);
    }
    case 'await-action': {
      const { step, index } = command;
      if (at - (await begunAt(deps, place)) < LOST) return undefined;
      const message = 'the server that executed it ended before it could say what came of it';
      return { type: 'action-finished', at, step, index, status: 'unknown', message };
    }
    default:
      return answeredElsewhere(deps, state, command);
  }
}

/** What the running attempt of a step has changed. */
export async function changedBy({ effects }: DriveDeps, { state, workflow }: Place, step: string): Promise<Effects> {
  const current = state.steps[step];
  if (current?.status !== 'running') return 'unknown';
  const { startedAt: since, by } = current;
  return effects({ run: state.run, workflow, step, since, ...(by !== undefined && { by }) });
}

async function begunAt({ runs }: DriveDeps, { state }: Place): Promise<number> {
  const events = await (await runs()).history(state.run);
  return events.findLast(({ type }) => type === 'action-started')?.at ?? 0;
}
