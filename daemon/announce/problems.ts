import { z } from 'zod';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { Log } from '../../shared/kernel/log.ts';
import { SEVERITIES } from '../../shared/notify/notification.ts';
import type { Records } from '../records.ts';
import { BUDGET, type Problem } from './problem.ts';

const at = z.number().describe('Milliseconds since the epoch.');

/** A problem as daemons share it. */
export const stretchSchema = z.object({
  what: z.string(),
  remedy: z.string(),
  severity: z.enum(SEVERITIES),
  since: at,
  tellAt: at.describe('People hear of it when it lasts until then.'),
  over: at.exactOptional(),
});
export type Stretch = Readonly<z.output<typeof stretchSchema>>;

/** Milliseconds without it after which it is over: what comes again before that has never gone. */
export const CALM = 300_000;

/** Milliseconds after which one that nobody saw end is another one: whoever had it is gone. */
export const STALE = 86_400_000;

/** A problem that this process has, and whether the others know it. */
interface Own {
  readonly problem: Problem;
  readonly stretch: Stretch;
  stored: boolean;
}

export interface ProblemsOptions {
  /** By problem, and machine where it is one machine's. */
  readonly stretches: Records<Stretch>;
  readonly clock: Clock;
  /** This machine. */
  readonly by: string;
  readonly log: Log;
}

/** What keeps daemons from their work: from when it began until it is over. Nothing here fails. */
export class Problems {
  readonly #options: ProblemsOptions;
  readonly #own = new Map<string, Own>();
  /** Those that are known not to be there. */
  readonly #absent = new Set<string>();
  #isCutOff = false;

  constructor(options: ProblemsOptions) {
    this.#options = options;
  }

  /** Those of this process. */
  list(): readonly Problem[] {
    return [...this.#own.values()].map(({ problem }) => problem);
  }

  /** Those of this process that no other knows, since the store cannot be written. */
  unstored(): readonly (readonly [key: string, Stretch])[] {
    const untold = [...this.#own].filter(([, { stored }]) => !stored);
    return untold.map(([id, { stretch }]) => [this.#key(id), stretch]);
  }

  /** Whether that is news. */
  async begin(problem: Problem): Promise<boolean> {
    const { stretches, clock, by } = this.#options;
    const { id, what, remedy, severity = 'critical', patience = 0 } = problem;
    const since = clock.now();
    const said = id === BUDGET ? what : `${by}: ${what}`;
    const fresh: Stretch = { what: said, remedy, severity, since, tellAt: since + patience };
    const own = this.#own.get(id) ?? { problem, stretch: fresh, stored: false };
    this.#own.set(id, own);
    this.#absent.delete(id);
    if (own.stored) return false;
    own.stored = await this.#attempt(() =>
      stretches.update(this.#key(id), (before) => begun(own.stretch, before, clock.now())),
    );
    return true;
  }

  /** Whether that is news. */
  async end(id: string): Promise<boolean> {
    if (this.#absent.has(id)) return false;
    const { stretches, clock } = this.#options;
    this.#own.delete(id);
    const ended = await this.#attempt(async () => {
      const key = this.#key(id);
      const found = (await stretches.list()).find((entry) => entry.key === key)?.value;
      // Of what never was nothing is written.
      if (found?.over !== undefined || found === undefined) return;
      await stretches.update(key, (now = found) => (now.over === undefined ? { ...now, over: clock.now() } : now));
    });
    if (ended) this.#absent.add(id);
    return ended;
  }

  all(): ReturnType<Records<Stretch>['list']> {
    return this.#options.stretches.list();
  }

  #key(id: string): string {
    return id === BUDGET ? id : `${id} (${this.#options.by})`;
  }

  async #attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      this.#isCutOff = false;
      return true;
    } catch (error) {
      // One line an outage.
      if (!this.#isCutOff) this.#options.log('a problem of the daemon could not be noted for the others', error);
      this.#isCutOff = true;
      return false;
    }
  }
}

function begun(fresh: Stretch, before: Stretch | undefined, now: number): Stretch {
  if (before === undefined || now - before.since >= STALE) return fresh;
  if (before.over === undefined) return before;
  const { over, ...same } = before;
  return now - over < CALM ? same : fresh;
}
