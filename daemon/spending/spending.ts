import type { Config } from '../../shared/config/schema.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { newId } from '../../shared/kernel/ids.ts';
import { nextTick } from '../../shared/workflow/cron.ts';
import type { Records } from '../records.ts';
import { type Day, FRESH, heldIn, hold, leave, settle, toMicros, toUsd, upToMicros } from './day.ts';
import { type Refusal, refusalOf } from './refusal.ts';

/** US dollars with less than which an agent could only begin: one of its turns costs about as much. */
const LEAST = 0.05;

export interface SpendingOptions {
  /** US dollars that a step, a run and all runs of a day may take. */
  readonly budget: Config['daemon']['budget'];
  /** IANA name: a day begins at midnight there. */
  readonly timezone: string;
  /** By date, `2026-11-24`. Daemons that share it share the budget of the day. */
  readonly days: Records<Day>;
  readonly clock: Clock;
}

/** Money that is set aside for one step. */
export interface Reservation {
  readonly kind: 'reserved';
  /** What the step may take at the most. */
  readonly budgetUsd: number;
  /**
   * What it took; where nobody knows that, undefined: then it counts in full. Until this is called it counts in full,
   * too, so a daemon that dies takes nothing from the budget of others without a trace. May be called again.
   */
  settle(actualUsd: number | undefined): Promise<void>;
  /** What it took, where the run has no event that says so: it counts for the run nevertheless, until the day is over. */
  leave(actualUsd: number): Promise<void>;
}

interface Today {
  readonly spentUsd: number;
  /** Set aside for steps that run, or whose daemon has died. */
  readonly heldUsd: number;
  readonly budgetUsd: number;
  /** Whether what is left is too little for a step, even when all that is set aside comes back. */
  readonly isUsedUp: boolean;
  /** When it starts anew, in milliseconds since the epoch. */
  readonly until: number;
}

/** Budgets of step, run and day. All that run at once stay below that of the day together, whichever daemon runs them. */
export class Spending {
  readonly #options: SpendingOptions;
  readonly #date: Intl.DateTimeFormat;

  constructor(options: SpendingOptions) {
    this.#options = options;
    const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    this.#date = new Intl.DateTimeFormat('en-CA', { timeZone: options.timezone, ...parts });
  }

  /**
   * Sets aside what a step of `run` may take, or says why it may take nothing. `spentByRun`: US dollars that the run's
   * agents took so far. Throws where the budget cannot be read or written: then nothing may be spent.
   */
  async reserve({
    run,
    spentByRun,
  }: {
    readonly run: string;
    readonly spentByRun: number;
  }): Promise<Reservation | Refusal> {
    const { days, budget } = this.#options;
    const id = newId('hold');
    const date = this.#today();
    const least = this.#least();
    const stored = await days.update(date, (day = FRESH) => {
      const amount = Math.min(this.#leftOfRun(day, run, spentByRun), this.#leftOfDay(day), toMicros(budget.step));
      return amount < least ? day : hold(day, id, run, amount);
    });
    const held = stored.held[id];
    if (held === undefined)
      return refusalOf({
        ...{ run, spentByRun, budget, timezone: this.#options.timezone, until: this.#midnight() },
        ...{ spent: toUsd(stored.spent), held: toUsd(heldIn(stored)), now: this.#options.clock.now() },
        ofRun: this.#leftOfRun(stored, run, spentByRun) < least,
        ofDay: this.#isUsedUp(stored),
      });
    return {
      kind: 'reserved',
      budgetUsd: toUsd(held.amount),
      settle: async (actualUsd) => {
        const actual = actualUsd === undefined ? undefined : upToMicros(actualUsd);
        await days.update(date, (day = FRESH) => settle(day, id, actual));
      },
      leave: async (actualUsd) => {
        await days.update(date, (day = FRESH) => leave(day, id, upToMicros(actualUsd)));
      },
    };
  }

  async today(): Promise<Today> {
    const day = await this.#options.days.update(this.#today(), (known = FRESH) => known);
    return {
      spentUsd: toUsd(day.spent),
      heldUsd: toUsd(heldIn(day)),
      budgetUsd: this.#options.budget.day,
      isUsedUp: this.#isUsedUp(day),
      until: this.#midnight(),
    };
  }

  /** What a step of it holds, or held when its daemon died, is not among what it is known to have spent. */
  #leftOfRun(day: Day, run: string, spentByRun: number): number {
    return toMicros(this.#options.budget.run) - upToMicros(spentByRun) - heldIn(day, run);
  }

  #leftOfDay(day: Day): number {
    return toMicros(this.#options.budget.day) - day.spent - heldIn(day);
  }

  #isUsedUp({ spent }: Day): boolean {
    return toMicros(this.#options.budget.day) - spent < this.#least();
  }

  #least(): number {
    return toMicros(Math.min(LEAST, this.#options.budget.step));
  }

  #today(): string {
    return this.#date.format(this.#options.clock.now());
  }

  #midnight(): number {
    const now = this.#options.clock.now();
    return nextTick('0 0 * * *', this.#options.timezone, now) ?? now;
  }
}
