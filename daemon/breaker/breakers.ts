import type { Clock } from '../../shared/kernel/clock.ts';
import type { Records } from '../records.ts';
import { type BreakerState, type History, judge, type Limits } from './breaker.ts';

export interface BreakersOptions {
  readonly states: Records<BreakerState>;
  readonly clock: Clock;
  readonly history: (workflow: string, now: number) => Promise<History>;
  readonly limits?: Limits;
}

/** The breaker of a workflow, and how it stands. */
export interface Breaker {
  readonly workflow: string;
  readonly state: BreakerState;
}

/** Stops workflows that fail again and again, or keep changing the same thing, for a while. */
export class Breakers {
  readonly #options: BreakersOptions;

  constructor(options: BreakersOptions) {
    this.#options = options;
  }

  /** To be asked before a run is started, and after each change and each end of one: only a closed one lets it start. */
  async check(workflow: string): Promise<BreakerState> {
    const { states, clock, history, limits } = this.#options;
    const done = await history(workflow, clock.now());
    return states.update(workflow, (known) => judge(known, done, clock.now(), limits));
  }

  /** A person lets it go on at once; what was before is forgiven. */
  async reset(workflow: string, by: string): Promise<BreakerState> {
    const at = this.#options.clock.now();
    return this.#options.states.update(workflow, () => ({ kind: 'closed', at, probation: false, by, untold: true }));
  }

  async list(): Promise<readonly Breaker[]> {
    return (await this.#options.states.list()).map(({ key, value }) => ({ workflow: key, state: value }));
  }

  /** What people have yet to hear of. It stays until `told`. */
  async news(): Promise<readonly Breaker[]> {
    return (await this.list()).filter(({ state }) => state.untold);
  }

  async told({ workflow, state }: Breaker): Promise<void> {
    await this.#options.states.update(workflow, (known = state) => {
      const same = known.kind === state.kind && known.at === state.at;
      return same && known.untold ? { ...known, untold: false } : known;
    });
  }
}
