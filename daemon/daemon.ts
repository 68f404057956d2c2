import { OpsError } from '../shared/kernel/errors.ts';
import type { Workflow } from '../shared/workflow/definition.ts';
import type { RunState } from '../shared/workflow/state.ts';
import { keepAccess } from './access/access.ts';
import { again } from './again.ts';
import { problemOf } from './announce/problem.ts';
import { stopWhereOpen } from './breaker/stop.ts';
import { Crew } from './crew/crew.ts';
import { lead } from './lead.ts';
import { Leader } from './leader.ts';
import type { DaemonParts } from './parts.ts';
import { nextRunAt } from './schedule/plan.ts';
import { Starter } from './starter.ts';
import { tidy } from './tidy.ts';
import type { DaemonView } from './view.ts';

/** Everything that works by itself on this machine. */
export interface Daemon {
  /**
   * Until `signal` is aborted; it then lets running steps come to their end for as long as `daemon.drain` says, and
   * leaves the rest to whoever comes after it.
   */
  run(signal: AbortSignal): Promise<void>;
  view(): Promise<DaemonView>;
}

/** Milliseconds between looks whether agents could work, and between those at what is old; and how many next runs are shown. */
const CREDENTIALS = 60_000;
const HOUR = 3_600_000;
const SHOWN = 5;

export class WorkingDaemon implements Daemon {
  readonly #options: DaemonParts;
  readonly #crew: Crew;
  readonly #leader: Leader;
  readonly #startedAt: number;
  /** US dollars, as far as one knows. */
  #spentToday = 0;

  constructor(options: DaemonParts) {
    const { stores, spending, config, breakers, catalog, tell, clock, leading } = options;
    this.#options = options;
    this.#startedAt = clock.now();
    this.#crew = new Crew({
      ...options,
      ...{ runs: stores.runs, approvals: stores.approving.approvals, leases: stores.leases, spending },
      config: config.daemon,
      problem: (id, error) => this.#problem(id, error),
      changed: (state) => this.#changed(state),
      ended: (state) => this.#ended(state),
    });
    const starter = new Starter({ runs: stores.runs, catalog, breakers, crew: this.#crew, leading, tell });
    this.#leader = new Leader(options, starter, () => this.view());
  }

  async run(signal: AbortSignal): Promise<void> {
    const { owner, stores, clock, sleep, log, config, notifier, announcer, access, outbox } = this.#options;
    const heartbeat = { leases: stores.leases, clock, sleep, log };
    // What was done for a run until its end has to be told, and published, too.
    const end = new AbortController();
    const beside = [
      notifier.run(end.signal),
      announcer.run(end.signal),
      ...(access ? [keepAccess(access, end.signal)] : []),
      again(CREDENTIALS, () => this.#seeCredentials(), signal, { sleep, log }),
      again(HOUR, () => this.#tidy(), signal, { sleep, log }),
    ];
    try {
      await Promise.all([
        lead(owner, heartbeat, signal, (leading) => this.#leader.run(leading, signal)),
        this.#crew.adopt(signal),
      ]);
      await this.#crew.drain(config.daemon.drain * 1_000);
      await announcer.look();
      this.#options.leading.now = false;
    } finally {
      end.abort();
      await Promise.all(beside);
      outbox.close();
      await stores.close();
    }
  }

  /** While the dashboard is away, with what is known without it: what is wrong is among that. */
  async view(): Promise<DaemonView> {
    const { owner, stores, announcer, clock, leading, catalog, config } = this.#options;
    const { approvals, desk } = stores.approving;
    const [pending, { workflows }] = await Promise.all([
      approvals.list({ states: ['pending'] }),
      catalog(),
      this.#seeSpending(),
    ]);
    const next = [...workflows.values()].flatMap((workflow) => nextOf(workflow, clock.now()));
    return {
      ...{ owner, startedAt: this.#startedAt, leads: leading.now, runs: this.#crew.inHand() },
      problems: announcer.problems().map(({ what, remedy }) => ({ what, remedy })),
      nextRuns: next.toSorted((a, b) => a.at - b.at).slice(0, SHOWN),
      pending: await Promise.all(
        pending.map(async ({ id, what, expiresAt }) => {
          const link = await desk?.link(id);
          return { approval: id, what, expiresAt, ...(link !== undefined && { link }) };
        }),
      ),
      ...{ spentTodayUsd: this.#spentToday, budgetTodayUsd: config.daemon.budget.day },
    };
  }

  async #seeSpending(): Promise<void> {
    try {
      this.#spentToday = (await this.#options.spending.today()).spentUsd;
    } catch (error) {
      if (!(error instanceof OpsError)) throw error;
    }
  }

  #problem(id: 'credentials' | 'budget', error: OpsError | undefined): void {
    const { announcer, log } = this.#options;
    const told = error === undefined ? announcer.healthy(id) : announcer.unhealthy(problemOf(id, error));
    told.catch((cause: unknown) => log(`that ${id} are amiss, or not, could not be noted`, cause));
  }

  async #seeCredentials(): Promise<void> {
    this.#problem('credentials', await this.#options.agents.missing());
  }

  /** A workflow that keeps changing the same thing is stopped in the middle of it; a person's own run is not. */
  async #changed({ run, workflow, cause }: RunState): Promise<void> {
    const { breakers, stores } = this.#options;
    if (cause.kind === 'manual') await breakers.check(workflow);
    else await stopWhereOpen({ runs: stores.runs, breakers }, { run, workflow });
  }

  async #ended(state: RunState): Promise<void> {
    const { announcer, breakers, tell } = this.#options;
    const { run, workflow, status, reason } = state;
    const level = status === 'succeeded' ? 'info' : status === 'skipped' ? 'warn' : 'bad';
    tell({ level, run, text: `${workflow} has ended: ${status}${reason ? ` (${reason})` : ''}` });
    await announcer.runEnded(state);
    await breakers.check(workflow);
  }

  async #tidy(): Promise<void> {
    const { paths, stores, catalog, clock, leading, base } = this.#options;
    await tidy({ paths, stores, catalog, clock, leads: leading.now, hasDashboard: base !== undefined });
  }
}

function nextOf(workflow: Workflow, now: number): { workflow: string; at: number }[] {
  const at = nextRunAt(workflow, now);
  return at === undefined ? [] : [{ workflow: workflow.name, at }];
}
