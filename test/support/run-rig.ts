import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { JsonObject } from '../../shared/kernel/json.ts';
import { SqliteRunStore } from '../../shared/store/sqlite-runs.ts';
import type { Command } from '../../shared/workflow/command.ts';
import type { Workflow } from '../../shared/workflow/definition.ts';
import type { Cause, Changed, EventOf, RunEvent } from '../../shared/workflow/events.ts';
import { failedEvent, finishedEvent } from '../../shared/workflow/outcomes.ts';
import { Runs, type Start } from '../../shared/workflow/runs.ts';
import { type FakeClock, fakeClock } from './clock.ts';
import { tempFolder } from './gate-rig.ts';

export const BY_HAND: Cause = { kind: 'manual', by: 'anna' };

export function anAlert(labels: Record<string, string>): Cause {
  const alert = {
    labels,
    annotations: {},
    status: 'firing',
    startsAt: '2026-11-24T06:00:00Z',
    endsAt: '',
    generatorURL: '',
    fingerprint: 'f1',
  };
  return { kind: 'alert', by: 'alertmanager', alert };
}

/** One run on a real store, with a clock that stands still. */
export class RunRig {
  readonly clock: FakeClock = fakeClock();
  readonly runs: Runs;
  readonly workflow: Workflow;
  run = '';

  constructor(workflow: Workflow, file = join(tempFolder(), 'state.db')) {
    this.workflow = workflow;
    const store = new SqliteRunStore(file);
    onTestFinished(() => store.close());
    this.runs = new Runs(store, this.clock);
  }

  async start(start: Partial<Start> = {}): Promise<Command> {
    this.run = (await this.runs.start(this.workflow, { cause: BY_HAND, ...start })).run;
    return this.command();
  }

  async command(): Promise<Command> {
    return (await this.runs.advance(this.workflow, this.run)).command;
  }

  state() {
    return this.runs.get(this.run);
  }

  async record(make: (at: number) => RunEvent): Promise<Command> {
    await this.runs.record(this.run, (_state, at) => make(at));
    return this.command();
  }

  async begin(step: string, attempt = 1): Promise<Command> {
    return this.record((at) => ({ type: 'step-started', at, step, attempt, deadline: at + 60_000 }));
  }

  /** The agent is asked, and answers. */
  async answer(step: string, answer: JsonObject, attempt = 1): Promise<Command> {
    await this.begin(step, attempt);
    await this.runs.record(this.run, (state, at) => finishedEvent(this.workflow, state, step, answer, at));
    return this.command();
  }

  /** The agent is asked, and its attempt fails. */
  async fail(step: string, changed: Changed, attempt = 1): Promise<Command> {
    await this.begin(step, attempt);
    return this.lose(step, changed);
  }

  async lose(step: string, changed: Changed): Promise<Command> {
    await this.runs.record(this.run, (state, at) =>
      failedEvent(this.workflow, state, step, { reason: 'it broke', changed }, at),
    );
    return this.command();
  }

  async settle(step: string, digest: string, decision: EventOf<'proposal-settled'>['decision']): Promise<Command> {
    return this.record((at) => ({
      type: 'proposal-settled',
      at,
      step,
      digest,
      decision,
      by: 'anna',
      approval: 'ap-1',
    }));
  }

  /** The steps with how far they are. */
  async steps(): Promise<Record<string, string>> {
    return Object.fromEntries(Object.entries((await this.state()).steps).map(([id, { status }]) => [id, status]));
  }
}

/** The step that a command asks an agent to do. */
export function asked(command: Command): string | undefined {
  return command.kind === 'run-step' ? command.request.step : undefined;
}
