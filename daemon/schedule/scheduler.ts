import { type Clock, iso } from '../../shared/kernel/clock.ts';
import type { Workflow } from '../../shared/workflow/definition.ts';
import type { Cause } from '../../shared/workflow/events.ts';
import type { Records } from '../records.ts';
import { runIdFor } from '../run-id.ts';
import type { Sleep } from '../sleep.ts';
import { nextRunAt, type Plan, planOf } from './plan.ts';
import { look, type ScheduleState, settled } from './state.ts';

/** Milliseconds between looks at most: a timer knows nothing of a clock that is set, nor of a new file. */
const LONGEST = 30_000;

/** One moment of a schedule, and the run that belongs to it. */
export interface Tick {
  readonly workflow: string;
  /** The same for the same workflow and moment, always. */
  readonly run: string;
  readonly cause: Cause;
  /** Milliseconds since the epoch, as the schedule says; jitter left aside. */
  readonly at: number;
  /** The first of those that were missed, and which this one stands for. */
  readonly missedSince?: number;
}

export interface SchedulerOptions {
  readonly states: Records<ScheduleState>;
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** Those that there are now; asked at each look. */
  readonly workflows: () => readonly Workflow[];
  /**
   * Starts the run under its id, and does nothing where that exists: after a crash it is called again. Whether the run
   * waits or is skipped is for the workflow’s own `concurrency`. What it throws is logged, and tried again at each look
   * until it works: nothing else of that workflow starts before.
   */
  readonly start: (tick: Tick) => Promise<void>;
  readonly log: (message: string, error: unknown) => void;
  /** Milliseconds; 30 seconds unless told. */
  readonly jitter?: number;
}

/** Starts workflows by their schedules. A tick is stored before its run is started, and stays due until that exists. */
export class Scheduler {
  readonly #options: SchedulerOptions;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** Until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look();
      await this.#options.sleep(this.pause(), signal);
    }
  }

  /** Starts what is due now. */
  async look(): Promise<void> {
    for (const workflow of this.#options.workflows()) {
      const plan = planOf(workflow, this.#options.jitter);
      if (plan === undefined) continue;
      try {
        await this.#one(plan);
      } catch (error) {
        this.#options.log(`the schedule of ${plan.workflow} waits for the next look`, error);
      }
    }
  }

  async #one(plan: Plan): Promise<void> {
    const { states, clock, start } = this.#options;
    const state = await states.update(plan.workflow, (known) => look(plan, known, clock.now()));
    const { due } = state;
    if (due === undefined) return;
    await start(tickOf(plan.workflow, due));
    await states.update(plan.workflow, (known = state) => settled(known, due.tick));
  }

  /** Milliseconds until something may be due. */
  pause(): number {
    const now = this.#options.clock.now();
    const next = this.#options
      .workflows()
      .map((workflow) => nextRunAt(workflow, now, this.#options.jitter) ?? Infinity);
    return Math.min(LONGEST, ...next.map((at) => at - now));
  }
}

function tickOf(workflow: string, { tick, missedSince }: NonNullable<ScheduleState['due']>): Tick {
  const moment = iso(tick);
  return {
    workflow,
    run: runIdFor('schedule', workflow, moment),
    cause: { kind: 'schedule', by: `the daemon, for ${moment}` },
    at: tick,
    ...(missedSince !== undefined && { missedSince }),
  };
}
