import type { z } from 'zod';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { Log } from '../../shared/kernel/log.ts';
import type { Notification } from '../../shared/notify/notification.ts';
import type { RunState } from '../../shared/workflow/state.ts';
import type { Records } from '../records.ts';
import type { Sleep } from '../sleep.ts';
import { type ApprovalWatchOptions, tellApprovals } from './approval-watch.ts';
import { Ledger, toldSchema } from './ledger.ts';
import { type MachineWatchOptions, watchMachine } from './machine-watch.ts';
import { Outlet, type OutletOptions } from './outlet.ts';
import type { Problem } from './problem.ts';
import { ProblemNews, type ProblemNewsOptions } from './problem-news.ts';
import { Problems, stretchSchema } from './problems.ts';
import { type Opened, RunWatch, type RunWatchOptions } from './run-watch.ts';

type Parts = ApprovalWatchOptions & RunWatchOptions & ProblemNewsOptions & MachineWatchOptions;

/** `base` is the dashboard's address (links.ts); without one messages have no link. `by` names this machine. */
export interface AnnouncerOptions extends Omit<Parts, 'ledger' | 'notify' | 'problems'>, OutletOptions {
  /** As `DaemonStores` opens them. */
  readonly records: <T extends object>(part: string, schema: z.ZodType<T>) => Records<T>;
  /** Whether this daemon leads now: only one tells people what all share. */
  readonly leads: () => boolean;
  /** Names this process. */
  readonly owner: string;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly log: Log;
}

/** Milliseconds between looks at what is pending, here and over the network; and between looks at everything else. */
const PAUSE = 2_000;
const REMOTE_PAUSE = 3_000;
const SWEEP = 30_000;
const REMOTE_SWEEP = 60_000;

/**
 * Tells people what happens: it looks at the stores, so that nothing is lost with the process in which it happened.
 * What is called from outside only makes it sooner. Nothing here fails, and nothing holds anybody up.
 */
export class Announcer {
  readonly #options: AnnouncerOptions;
  readonly #outlet: Outlet;
  readonly #parts: Parts;
  readonly #problems: Problems;
  readonly #runs: RunWatch;
  readonly #problemNews: ProblemNews;
  readonly #failing = new Set<string>();
  #wake = new AbortController();
  #sweptAt = 0;

  constructor(options: AnnouncerOptions) {
    const { records, clock, log, owner, by } = options;
    this.#options = options;
    this.#outlet = new Outlet(options);
    const ledger = new Ledger({ told: records('told', toldSchema), clock, owner });
    const notify = (notification: Notification) => this.#outlet.notify(notification);
    this.#problems = new Problems({ stretches: records('problems', stretchSchema), clock, by, log });
    this.#parts = { ...options, ledger, notify, problems: this.#problems };
    this.#runs = new RunWatch(this.#parts);
    this.#problemNews = new ProblemNews(this.#parts);
  }

  /** Until `signal` is aborted. In every daemon: one that does not lead tells what keeps it from its dashboard. */
  async run(signal: AbortSignal): Promise<void> {
    const { sleep, isRemote } = this.#options;
    signal.addEventListener('abort', () => this.#rouse(), { once: true });
    while (!signal.aborted) {
      // Taken before the look: what happens meanwhile makes the next one come at once.
      const wake = this.#wake.signal;
      await this.look();
      if (!signal.aborted) await sleep(isRemote ? REMOTE_PAUSE : PAUSE, wake);
    }
  }

  /** Tells what is to be told now. */
  async look(): Promise<void> {
    const { clock, leads, isRemote } = this.#options;
    const all = Math.abs(clock.now() - this.#sweptAt) >= (isRemote ? REMOTE_SWEEP : SWEEP);
    if (all) this.#sweptAt = clock.now();
    if (all) await this.#attempt('this machine', () => watchMachine(this.#parts));
    await this.#attempt('problems of this daemon', async () => this.#problemNews.tellOwn());
    if (!leads()) return;
    await this.#attempt('approvals', () => tellApprovals(this.#parts));
    if (all) await this.#attempt('problems', () => this.#problemNews.tellShared());
    if (all) await this.#attempt('runs', () => this.#runs.sweep());
    await this.#attempt('incidents', () => this.#runs.tell());
  }

  /** A run that this daemon drove has ended. */
  async runEnded(state: RunState): Promise<void> {
    if (!this.#options.leads()) return;
    await this.#attempt('runs', () => this.#runs.ended(state));
    this.#rouse();
  }

  /** An alert has started a run; the same again changes nothing. */
  incidentOpened(incident: Opened): void {
    this.#runs.opened(incident);
    this.#rouse();
  }

  /** Whatever has become of an incident: what there is to tell of it is told now, and not with the next sweep. */
  async incidentChanged(run: string): Promise<void> {
    await this.#attempt('incidents', () => this.#runs.changed(run));
    this.#rouse();
  }

  /** Called once, or again and again while it lasts: people hear of it once. */
  async unhealthy(problem: Problem): Promise<void> {
    if (await this.#problems.begin(problem)) this.#lookAtAll();
  }

  /** It is over, or was never there; called as often as one likes. People hear of it when it stays so for five minutes. */
  async healthy(id: string): Promise<void> {
    await this.#problems.end(id);
  }

  /** What keeps this daemon from its work now. */
  problems(): readonly Problem[] {
    const broken = this.#outlet.problem();
    return broken === undefined ? this.#problems.list() : [...this.#problems.list(), broken];
  }

  /** Says once that something goes wrong, until it has worked again. */
  async #attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#failing.delete(what);
    } catch (error) {
      if (!this.#failing.has(what)) this.#options.log(`what there is to tell of ${what} is told later`, error);
      this.#failing.add(what);
    }
  }

  #lookAtAll(): void {
    this.#sweptAt = 0;
    this.#rouse();
  }

  #rouse(): void {
    this.#wake.abort();
    this.#wake = new AbortController();
  }
}
