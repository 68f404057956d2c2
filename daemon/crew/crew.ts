import pLimit from 'p-limit';
import { isEnded } from '../../shared/workflow/state.ts';
import { type Held, hold } from '../lease/heartbeat.ts';
import type { RunInHand } from '../view.ts';
import type { CrewDeps } from './deps.ts';
import { type Driving, driveRun } from './drive-run.ts';

/** Milliseconds between looks for runs whose daemon is gone. */
const LOOK = 15_000;

/** Milliseconds that a run whose file is another one here is left to the daemons of other machines. */
const PATIENCE = 600_000;

/** The runs that this process drives, each by its lease. */
export class Crew {
  readonly #deps: CrewDeps;
  readonly #shown = new Map<string, RunInHand>();
  readonly #done = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();
  readonly #stop = new AbortController();
  readonly #atATime: ReturnType<typeof pLimit>;

  constructor(deps: CrewDeps) {
    this.#deps = deps;
    this.#atATime = pLimit(deps.config.agents);
  }

  /** Drives a run from here on. False where somebody else does, or where nothing new is begun any more. */
  async take(run: string): Promise<boolean> {
    if (this.#done.has(run)) return true;
    if (this.#closing.signal.aborted) return false;
    const { leases, owner, clock, sleep, log } = this.#deps;
    const held = await hold(run, owner, { leases, clock, sleep, log });
    if (held === undefined) return false;
    this.#done.set(run, this.#drive(run, held));
    return true;
  }

  inHand(): readonly RunInHand[] {
    return [...this.#shown.values()];
  }

  /** Begins nothing new, gives what is being done `ms` milliseconds, and leaves the rest to others. */
  async drain(ms: number): Promise<void> {
    this.#closing.abort(new Error('the daemon is being stopped'));
    const over = new AbortController();
    const all = Promise.all(this.#done.values()).finally(() => over.abort());
    await this.#deps.sleep(ms, over.signal);
    this.#stop.abort(new Error('the daemon is being stopped'));
    await all;
  }

  async #drive(run: string, held: Held): Promise<void> {
    const { clock, log } = this.#deps;
    const stop = AbortSignal.any([held.lost, this.#stop.signal]);
    const closing = AbortSignal.any([stop, this.#closing.signal]);
    const now: Driving['now'] = (workflow, doing, step) => {
      const known = this.#shown.get(run);
      if (known?.doing === doing && known.step === step) return;
      this.#shown.set(run, { run, workflow, doing, since: clock.now(), ...(step !== undefined && { step }) });
    };
    try {
      await driveRun({ deps: this.#deps, run, closing, stop, now, atATime: this.#atATime });
      await (closing.aborted ? held.abandon() : held.release());
    } catch (error) {
      log(`run ${run} is let go`, error);
    } finally {
      this.#shown.delete(run);
      this.#done.delete(run);
    }
  }

  /** Takes over what other daemons have left lying, until it is told to stop. */
  async adopt(signal: AbortSignal): Promise<void> {
    const { leases, clock, sleep, log, tell } = this.#deps;
    let failing = false;
    while (!signal.aborted) {
      try {
        for (const run of await leases.abandoned(clock.now())) {
          if (run.startsWith('run-') && (await this.#mayAdopt(run)) && (await this.take(run)))
            tell({ level: 'warn', run, text: `${run} was left by another daemon, and goes on here` });
        }
        failing = false;
      } catch (error) {
        if (!failing) log('runs that were left lying cannot be looked for; it is tried again', error);
        failing = true;
      }
      await sleep(LOOK, signal);
    }
  }

  /** Where its file is not what it was started with, a run could only fail: whoever has that file comes first. */
  async #mayAdopt(run: string): Promise<boolean> {
    const { runs, drive, leases, clock } = this.#deps;
    const state = await runs.find(run);
    if (state === undefined || isEnded(state)) return true;
    const { workflows } = await drive.catalog();
    if (workflows.get(state.workflow)?.hash === state.hash) return true;
    return (await leases.abandoned(clock.now() - PATIENCE)).includes(run);
  }
}
