import type { Clock } from '../../shared/kernel/clock.ts';
import type { Notification } from '../../shared/notify/notification.ts';
import { Burst } from './burst.ts';
import { together } from './flood.ts';
import type { Ledger } from './ledger.ts';
import { linkTo } from './links.ts';
import type { IncidentNews } from './run-news.ts';

export interface QueueOptions {
  readonly ledger: Ledger;
  /** Whether it is stored. */
  readonly notify: (notification: Notification) => boolean;
  readonly base?: string;
  readonly clock: Clock;
}

/** What people have yet to be told of runs. */
export class Queue {
  readonly #options: QueueOptions;
  readonly #waiting = new Map<string, Notification>();
  readonly #bursts = { 'incident-opened': new Burst(), 'incident-worse': new Burst(), 'incident-closed': new Burst() };

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  add(news: Notification | undefined): void {
    if (news !== undefined && !this.#options.ledger.isKnown(news.id)) this.#waiting.set(news.id, news);
  }

  drop(id: string): void {
    this.#waiting.delete(id);
  }

  /** Of a flood of incidents people get one message a minute. */
  async tell(): Promise<void> {
    for (const id of this.#waiting.keys()) if (this.#options.ledger.isKnown(id)) this.#waiting.delete(id);
    const waiting = [...this.#waiting.values()];
    // Each workflow is stopped by its breaker when it goes on failing, so these are never many.
    for (const news of waiting) if (news.kind === 'run-failed') await this.#tellOne(news);
    for (const [kind, burst] of Object.entries(this.#bursts))
      await this.#tellIncidents(
        kind,
        burst,
        waiting.filter((news): news is IncidentNews => news.kind === kind),
      );
  }

  async #tellIncidents(kind: string, burst: Burst, waiting: readonly IncidentNews[]): Promise<void> {
    const { ledger, notify, base, clock } = this.#options;
    const plan = burst.plan(waiting.length, clock.now());
    if (waiting.length === 0 || plan === 'later') return;
    const groups = plan === 'each' ? waiting.map((news) => [news]) : [waiting];
    for (const group of groups)
      await ledger.tell(
        kind,
        group.map(({ id }) => id),
        (ids) => {
          const news = together(
            group.filter(({ id }) => ids.includes(id)),
            linkTo(base, 'runs'),
          );
          burst.told(clock.now());
          return news !== undefined && notify(news);
        },
      );
  }

  async #tellOne(news: Notification): Promise<void> {
    const { ledger, notify } = this.#options;
    await ledger.tell(news.kind, [news.id], () => notify(news));
  }
}
