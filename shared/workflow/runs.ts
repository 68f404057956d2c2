import type { Clock } from '../kernel/clock.ts';
import { OpsError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Command } from './command.ts';
import type { Workflow } from './definition.ts';
import { next } from './engine.ts';
import type { Cause, EventOf, RunEvent } from './events.ts';
import { resolveInputs } from './inputs.ts';
import type { Appended, RunFilter, RunRow, RunStore } from './run-store.ts';
import { scopeOf } from './scope.ts';
import { isEnded, type RunState, reduce, replay } from './state.ts';
import { evaluate } from './template.ts';

export interface Start {
  /** Named by what starts it, so that a start that is made twice makes one run; else it gets a new id. */
  readonly run?: string;
  readonly cause: Cause;
  readonly inputs?: JsonObject;
}

/** A run and what it needs next. `locked` says that it waits for another run with the same lock. */
export interface Position {
  readonly state: RunState;
  readonly command: Command;
  readonly locked?: true;
}

/** How often an append is tried again when another process was faster. */
const ATTEMPTS = 50;

/** The runs of workflows: every event is stored before it counts. Both drivers, the chat’s server and the daemon, use it. */
export class Runs {
  readonly #store: RunStore;
  readonly #clock: Clock;

  constructor(store: RunStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Starts a run. Throws an `OpsError` that names every missing or unknown input. */
  async start(workflow: Workflow, { run = newId('run'), cause, inputs = {} }: Start): Promise<RunState> {
    mayStart(workflow, cause);
    const resolved = resolveInputs(workflow.name, workflow.inputs, inputs);
    const at = this.#clock.now();
    const { name, hash, steps, timeoutMs, concurrency } = workflow;
    const created: EventOf<'created'> = {
      ...{ type: 'created', at, run, workflow: name, hash, cause, inputs: resolved },
      ...{ deadline: at + timeoutMs, steps: steps.map(({ id }) => id) },
    };
    const draft = reduce(undefined, created);
    const lock = concurrency && String(evaluate(concurrency.key, scopeOf(workflow, draft)));
    const event = lock === undefined ? created : { ...created, lock };
    const state = reduce(undefined, event);
    const appended = await this.#store.append(0, event, rowOf(state));
    return appended === 'taken' ? this.get(run) : state;
  }

  /** Undefined where there is no such run. */
  async find(run: string): Promise<RunState | undefined> {
    return replay(await this.#store.read(run));
  }

  async get(run: string): Promise<RunState> {
    const state = await this.find(run);
    if (state !== undefined) return state;
    throw new OpsError('not_found', `There is no run ${run}.`, 'List them: k8s-agent workflow status --all');
  }

  history(run: string): Promise<readonly RunEvent[]> {
    return this.#store.read(run);
  }

  list(filter?: RunFilter): Promise<readonly RunRow[]> {
    return this.#store.list(filter);
  }

  /** Stores the event that `make` makes of the present state. Throws where it does not fit, and nothing is stored. */
  async record(run: string, make: (state: RunState, now: number) => RunEvent): Promise<RunState> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const state = await this.get(run);
      const event = make(state, this.#clock.now());
      if ((await this.#append(state, event)) === 'ok') return reduce(state, event);
    }
    throw new OpsError('conflict', `Run ${run} is changed by others all the time.`, 'Try again.');
  }

  /** Stores what the engine concludes by itself, until there is something to do for somebody else. */
  async advance(workflow: Workflow, run: string): Promise<Position> {
    for (;;) {
      const state = await this.get(run);
      const command = next(workflow, state, this.#clock.now());
      if (command.kind === 'record') await this.#append(state, command.event);
      else if (command.kind !== 'admit') return { state, command };
      else if (await this.#mustWait(state, command)) return { state, command, locked: true };
    }
  }

  async #mustWait(state: RunState, { lock, onConflict }: Extract<Command, { kind: 'admit' }>): Promise<boolean> {
    const at = this.#clock.now();
    if ((await this.#append(state, { type: 'admitted', at })) !== 'locked') return false;
    if (onConflict === 'queue') return true;
    const reason = `another run holds "${lock}"`;
    await this.#append(state, { type: 'ended', at, status: 'skipped', reason, outputs: {} });
    return false;
  }

  #append(state: RunState, event: RunEvent): Promise<Appended> {
    return this.#store.append(state.length, event, rowOf(reduce(state, event)));
  }
}

/** A schedule or an alert starts only what names it; a person may start everything. */
function mayStart({ name, triggers }: Workflow, { kind }: Cause): void {
  if (kind === 'manual' || triggers.some((trigger) => trigger.kind === kind)) return;
  throw new OpsError(
    'precondition_failed',
    `${name} has no trigger of type ${kind}.`,
    `Its triggers: ${triggers.map((trigger) => trigger.kind).join(', ')}.`,
  );
}

/** A run in a list. */
export function rowOf(state: RunState): RunRow {
  const { run, workflow, status, lock, createdAt, updatedAt, verified } = state;
  const holds = lock !== undefined && status === 'running' && !isEnded(state);
  const rest = { ...(holds && { lock }), ...(verified && { verified: verified.result }) };
  return { run, workflow, status, createdAt, updatedAt, ...rest };
}
