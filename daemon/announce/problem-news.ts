import { type Clock, iso } from '../../shared/kernel/clock.ts';
import type { Notification } from '../../shared/notify/notification.ts';
import { timeIn } from '../../shared/notify/times.ts';
import type { Breaker, Breakers } from '../breaker/breakers.ts';
import type { Ledger } from './ledger.ts';
import { CALM, type Problems, STALE, type Stretch } from './problems.ts';

export interface ProblemNewsOptions {
  readonly problems: Problems;
  readonly breakers: Pick<Breakers, 'news' | 'told'>;
  readonly ledger: Ledger;
  /** Whether it is stored. */
  readonly notify: (notification: Notification) => boolean;
  readonly base?: string;
  readonly timezone: string;
  readonly clock: Clock;
}

/** Tells people what keeps daemons from their work, and when it is over. */
export class ProblemNews {
  readonly #options: ProblemNewsOptions;
  /** What this process has told by itself, and has yet to tell the end of. */
  readonly #own = new Map<string, Stretch>();

  constructor(options: ProblemNewsOptions) {
    this.#options = options;
  }

  /** What no other daemon can know of, since the store cannot be written. */
  tellOwn(): void {
    const { problems, notify, clock } = this.#options;
    const unstored = new Map(problems.unstored());
    for (const [key, stretch] of unstored)
      if (clock.now() >= stretch.tellAt && !this.#own.has(key) && notify(this.#begun(key, stretch)))
        this.#own.set(key, stretch);
    for (const [key, stretch] of this.#own)
      if (!unstored.has(key) && notify(this.#over(key, stretch, clock.now()))) this.#own.delete(key);
  }

  /** What all daemons know of; by the one that leads. */
  async tellShared(): Promise<void> {
    const { problems, breakers } = this.#options;
    for (const { key, value } of await problems.all()) await this.#one(key, value);
    for (const breaker of await breakers.news()) await this.#breaker(breaker);
  }

  async #one(key: string, stretch: Stretch): Promise<void> {
    const { ledger, notify, clock } = this.#options;
    const now = clock.now();
    const begun = this.#begun(key, stretch);
    const { over } = stretch;
    if (over === undefined) {
      // One that a daemon has left behind is no news for ever.
      if (now >= stretch.tellAt && now - stretch.since < STALE)
        await ledger.tell(begun.kind, [begun.id], () => notify(begun));
      return;
    }
    if (now - over < CALM || now - over >= STALE) return;
    const news = this.#over(key, stretch, over);
    // Of what nobody heard nobody has to hear that it is over.
    if (ledger.isKnown(news.id) || !(await ledger.wasTold(begun.kind, begun.id))) return;
    await ledger.tell(news.kind, [news.id], () => notify(news));
  }

  async #breaker(breaker: Breaker): Promise<void> {
    const { breakers, ledger, notify } = this.#options;
    const news = this.#breakerNews(breaker);
    await ledger.tell('breaker', [news.id], () => notify(news));
    if (ledger.isKnown(news.id)) await breakers.told(breaker);
  }

  #breakerNews({ workflow, state }: Breaker): Notification {
    const { at, kind } = state;
    const id = `breaker ${workflow} ${kind} ${iso(at)}`;
    const common = { ...this.#about(), id, at, severity: 'warning', workflow } as const;
    if (kind === 'open') {
      const problem = `${workflow} is stopped: ${state.reason}.`;
      const again = `It may start again at ${timeIn(state.until, this.#options.timezone)}.`;
      const remedy = `Look at its runs. ${again} Sooner: k8s-agent workflow resume ${workflow}`;
      return { kind: 'daemon-unhealthy', ...common, problem, remedy };
    }
    const how =
      state.by === undefined ? 'it is tried again, and stops with the next failure' : `${state.by} lets it go on`;
    return { kind: 'daemon-healthy', ...common, problem: `${workflow} was stopped; ${how}` };
  }

  #begun(key: string, { what, remedy, severity, since }: Stretch): Notification {
    const id = `daemon-unhealthy ${key} ${iso(since)}`;
    return { kind: 'daemon-unhealthy', ...this.#about(), id, at: since, severity, problem: what, remedy };
  }

  /** A warning at most: good news wakes nobody. */
  #over(key: string, { what, since }: Stretch, at: number): Notification {
    const id = `daemon-healthy ${key} ${iso(since)}`;
    return { kind: 'daemon-healthy', ...this.#about(), id, at, severity: 'warning', problem: what, since };
  }

  #about(): Pick<Notification, 'namespaces' | 'link'> {
    const { base } = this.#options;
    return { namespaces: [], ...(base !== undefined && { link: base }) };
  }
}
