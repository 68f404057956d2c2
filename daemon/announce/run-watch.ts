import type { Clock } from '../../shared/kernel/clock.ts';
import type { Notification } from '../../shared/notify/notification.ts';
import { END_STATUSES, type RunEvent } from '../../shared/workflow/events.ts';
import type { Runs } from '../../shared/workflow/runs.ts';
import { type RunState, replay } from '../../shared/workflow/state.ts';
import type { Effect } from '../incidents/incident.ts';
import type { IncidentStore } from '../incidents/store.ts';
import { Burst } from './burst.ts';
import type { Ledger } from './ledger.ts';
import { linkTo } from './links.ts';
import { closedNews, failedNews, type IncidentNews, openedNews, together } from './run-news.ts';

/** As `Incidents` delivers it. */
export type Opened = Pick<Extract<Effect, { kind: 'start' }>, 'run' | 'key' | 'workflow' | 'alert'>;

export interface RunWatchOptions {
  readonly runs: Pick<Runs, 'list' | 'history'>;
  readonly incidents: Pick<IncidentStore, 'list' | 'ofRun'>;
  readonly ledger: Ledger;
  /** Whether it is stored. */
  readonly notify: (notification: Notification) => boolean;
  readonly base?: string;
  readonly clock: Clock;
}

/** Milliseconds after which what nobody was told is no news any more: no daemon was there. */
const NEWS = 3_600_000;

/** Tells people how runs went: incidents that were opened and closed, and other runs that failed. */
export class RunWatch {
  readonly #options: RunWatchOptions;
  readonly #waiting = new Map<string, Notification>();
  readonly #bursts = { 'incident-opened': new Burst(), 'incident-closed': new Burst() };
  /** Ended runs that were looked at. */
  #seen = new Set<string>();

  constructor(options: RunWatchOptions) {
    this.#options = options;
  }

  opened(incident: Opened): void {
    this.#wait(openedNews(incident, this.#options.clock.now(), this.#link(incident.run)));
  }

  async ended(state: RunState): Promise<void> {
    const link = this.#link(state.run);
    const incident = await this.#options.incidents.ofRun(state.run);
    this.#wait(incident === undefined ? failedNews(state, link) : closedNews(state, incident, link));
  }

  /** Finds what happened in other daemons, or in one that ended before it could tell. */
  async sweep(): Promise<void> {
    const { runs, incidents, ledger, clock } = this.#options;
    const since = clock.now() - NEWS;
    for (const { run, key, workflow, openedAt } of await incidents.list()) {
      if (openedAt < since || ledger.isKnown(`incident-opened ${run}`)) continue;
      const alert = replay(await runs.history(run))?.cause.alert;
      if (alert !== undefined) this.#wait(openedNews({ run, key, workflow, alert }, openedAt, this.#link(run)));
    }
    const ended = (await runs.list({ statuses: END_STATUSES })).filter(({ updatedAt }) => updatedAt >= since);
    for (const { run } of ended) {
      if (this.#seen.has(run)) continue;
      const events = await runs.history(run);
      const state = replay(events);
      if (state !== undefined && !isOfAChat(state, events)) await this.ended(state);
    }
    this.#seen = new Set(ended.map(({ run }) => run));
  }

  /** Tells what waits. Of a flood of incidents people get one message a minute. */
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

  #wait(news: Notification | undefined): void {
    if (news !== undefined && !this.#options.ledger.isKnown(news.id)) this.#waiting.set(news.id, news);
  }

  #link(run: string): string | undefined {
    return linkTo(this.#options.base, 'runs', run);
  }
}

/** Whoever runs a workflow in a chat sees how it went. */
function isOfAChat({ cause }: RunState, events: readonly RunEvent[]): boolean {
  return cause.kind === 'manual' && !events.some((event) => event.type === 'step-started' && event.by !== undefined);
}
