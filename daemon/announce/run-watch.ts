import { END_STATUSES, type RunEvent } from '../../shared/workflow/events.ts';
import type { Runs } from '../../shared/workflow/runs.ts';
import { isEnded, type RunState, replay } from '../../shared/workflow/state.ts';
import { forEach } from '../each.ts';
import type { Effect, Incident } from '../incidents/incident.ts';
import type { IncidentStore } from '../incidents/store.ts';
import { linkTo } from './links.ts';
import { Queue, type QueueOptions } from './queue.ts';
import { closedId, closedNews, failedNews, openedNews, worseNews } from './run-news.ts';

/** As `Incidents` delivers it. */
export type Opened = Pick<Extract<Effect, { kind: 'start' }>, 'run' | 'key' | 'workflow' | 'alert'>;

export interface RunWatchOptions extends QueueOptions {
  readonly runs: Pick<Runs, 'list' | 'history'>;
  readonly incidents: Pick<IncidentStore, 'list' | 'ofRun' | 'effects'>;
}

/** Milliseconds after which what nobody was told is no news any more: no daemon was there. */
const NEWS = 3_600_000;

/** Of incidents, and of ended runs, as many as are looked through. */
const MOST = 1_000;

/** Tells people how runs went: incidents that were opened and closed, and other runs that failed. */
export class RunWatch {
  readonly #options: RunWatchOptions;
  readonly #queue: Queue;
  /** Ended runs that were looked at. */
  #seen = new Set<string>();
  /** Incidents of which nothing is to be told but what waits, until they are resolved. */
  readonly #looked = new Set<string>();

  constructor(options: RunWatchOptions) {
    this.#options = options;
    this.#queue = new Queue(options);
  }

  opened(incident: Opened): void {
    this.#queue.add(openedNews(incident, this.#options.clock.now(), this.#link(incident.run)));
  }

  async ended(state: RunState): Promise<void> {
    const link = this.#link(state.run);
    const incident = await this.#options.incidents.ofRun(state.run);
    if (incident === undefined) this.#queue.add(failedNews(state, link));
    else this.#closed(incident, state);
  }

  /** What there is to tell of an incident. Everything of it is told once, by its id. */
  async changed(run: string): Promise<void> {
    const incident = await this.#options.incidents.ofRun(run);
    if (incident !== undefined) await this.#lookAt(incident);
  }

  /** Finds what happened in other daemons, or in one that ended before it could tell. */
  async sweep(): Promise<void> {
    const { incidents, clock } = this.#options;
    const since = clock.now() - NEWS;
    if (this.#looked.size > 10 * MOST) this.#looked.clear();
    const looks = [
      async () => forEach(await incidents.list(MOST), (one) => this.#lookAt(one)),
      () => this.#sweepRuns(since),
    ];
    await forEach(looks, (look) => look());
  }

  async #sweepRuns(since: number): Promise<void> {
    const { runs } = this.#options;
    const ended = (await runs.list({ statuses: END_STATUSES, limit: MOST })).filter(
      ({ updatedAt }) => updatedAt >= since,
    );
    const unseen = ended.filter(({ run }) => !this.#seen.has(run));
    await forEach(unseen, async ({ run }) => {
      const events = await runs.history(run);
      const state = replay(events);
      if (state !== undefined && !isOfAChat(state, events)) await this.ended(state);
    });
    this.#seen = new Set(ended.map(({ run }) => run));
  }

  async #lookAt(incident: Incident): Promise<void> {
    const { runs, clock } = this.#options;
    const { run, openedAt, worse, resolvedAt = 0 } = incident;
    const since = clock.now() - NEWS;
    if (worse !== undefined && worse.at >= since) this.#queue.add(worseNews(incident, worse, this.#link(run)));
    const id = `${run} ${resolvedAt}`;
    if ((openedAt < since && resolvedAt < since) || this.#looked.has(id)) return;
    const state = replay(await runs.history(run));
    if (state === undefined) return this.#unstarted(incident);
    const { alert } = state.cause;
    if (alert !== undefined && openedAt >= since)
      this.#queue.add(openedNews({ ...incident, alert }, openedAt, this.#link(run)));
    if (resolvedAt >= since && isEnded(state)) this.#closed(incident, state);
    this.#looked.add(id);
  }

  /** Its run is still to be started, or never could be: then nobody works on it. */
  async #unstarted(incident: Incident): Promise<void> {
    const waiting = await this.#options.incidents.effects();
    if (waiting.every(({ effect }) => effect.run !== incident.run)) this.#closed(incident, undefined);
  }

  #closed(incident: Incident, state: RunState | undefined): void {
    const news = closedNews(incident, state, this.#link(incident.run));
    // That it goes on is no news where it is over by now.
    if (news.id !== closedId(incident.run)) this.#queue.drop(closedId(incident.run));
    this.#queue.add(news);
  }

  /** Tells what waits. */
  tell(): Promise<void> {
    return this.#queue.tell();
  }

  #link(run: string): string | undefined {
    return linkTo(this.#options.base, 'runs', run);
  }
}

/** Whoever runs a workflow in a chat sees how it went. */
function isOfAChat({ cause }: RunState, events: readonly RunEvent[]): boolean {
  return cause.kind === 'manual' && !events.some((event) => event.type === 'step-started' && event.by !== undefined);
}
