import { hostname } from 'node:os';
import type { Config } from '../shared/config/schema.ts';
import { iso } from '../shared/kernel/clock.ts';
import { OpsError } from '../shared/kernel/errors.ts';
import type { Paths } from '../shared/kernel/paths.ts';
import type { Channel } from '../shared/notify/channel.ts';
import type { Notifier } from '../shared/notify/notifier.ts';
import type { Outbox } from '../shared/notify/outbox.ts';
import type { Catalog } from '../shared/workflow/catalog.ts';
import type { Workflow } from '../shared/workflow/definition.ts';
import { isEnded, type RunState } from '../shared/workflow/state.ts';
import { keepAccess, type ServerAccess } from './access/access.ts';
import { incidentPorts } from './alerts.ts';
import type { Announcer } from './announce/announcer.ts';
import { problemOf } from './announce/problem.ts';
import type { Breakers } from './breaker/breakers.ts';
import { Crew } from './crew/crew.ts';
import type { CrewDeps } from './crew/deps.ts';
import { Incidents } from './incidents/incidents.ts';
import { ownerOf } from './incidents/owner.ts';
import { intake } from './intake.ts';
import { lead } from './lead.ts';
import { publish, watchedOf } from './publish/publish.ts';
import { nextRunAt } from './schedule/plan.ts';
import { Scheduler } from './schedule/scheduler.ts';
import { scheduleStateSchema } from './schedule/state.ts';
import type { Spending } from './spending/spending.ts';
import { Starter } from './starter.ts';
import type { Sources } from './status/sources.ts';
import type { DaemonStores } from './stores.ts';
import { tidy } from './tidy.ts';
import { ownerOfPod } from './verify/workload.ts';
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

type FromCrew = Pick<
  CrewDeps,
  'owner' | 'drive' | 'agents' | 'callTool' | 'verify' | 'clock' | 'sleep' | 'log' | 'tell'
>;

export interface WorkingDaemonOptions extends FromCrew {
  readonly config: Config;
  readonly paths: Paths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stores: DaemonStores;
  readonly sources: Sources;
  readonly breakers: Breakers;
  readonly spending: Spending;
  readonly announcer: Announcer;
  readonly notifier: Notifier;
  readonly channels: readonly Channel[];
  readonly outbox: Outbox;
  readonly catalog: () => Promise<Catalog>;
  /** Whether this daemon leads now: shared with whoever has to know. */
  readonly leading: { now: boolean };
  readonly access?: ServerAccess;
  /** The dashboard's address. */
  readonly base?: string;
}

/** Milliseconds between looks whether agents could work, and between those at what is old. */
const CREDENTIALS = 60_000;
const HOUR = 3_600_000;

/** Milliseconds for one look at who owns a pod, while alerts wait. */
const LOOKUP = 5_000;

/** Milliseconds after which an incident whose run does not exist holds up no other: it could not be started. */
const STILLBORN = 600_000;

/** Runs shown as the next ones. */
const SHOWN = 5;

export class WorkingDaemon implements Daemon {
  readonly #options: WorkingDaemonOptions;
  readonly #crew: Crew;
  readonly #starter: Starter;
  readonly #startedAt: number;

  constructor(options: WorkingDaemonOptions) {
    const { stores, spending, config, breakers, catalog, tell, clock } = options;
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
    this.#starter = new Starter({ runs: stores.runs, catalog, breakers, crew: this.#crew, tell });
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
      this.#every(CREDENTIALS, () => this.#seeCredentials(), signal),
      this.#every(HOUR, () => this.#tidy(), signal),
    ];
    try {
      await Promise.all([
        lead(owner, heartbeat, signal, (leading) => this.#lead(leading, signal)),
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

  async view(): Promise<DaemonView> {
    const { owner, stores, spending, announcer, clock, leading, catalog } = this.#options;
    const { approvals, desk } = stores.approving;
    const [pending, today, { workflows }] = await Promise.all([
      approvals.list({ states: ['pending'] }),
      spending.today(),
      catalog(),
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
      ...{ spentTodayUsd: today.spentUsd, budgetTodayUsd: today.budgetUsd },
    };
  }

  /** What only one daemon does. */
  async #lead(signal: AbortSignal, stop: AbortSignal): Promise<void> {
    const { stores, leading, tell, sources, breakers, spending, clock, log, catalog, sleep, config, env } =
      this.#options;
    const { announcer, channels, outbox } = this.#options;
    leading.now = true;
    tell({ level: 'info', text: 'This daemon leads: it fires schedules and takes in alerts.' });
    const health = { unhealthy: announcer.unhealthy.bind(announcer), healthy: announcer.healthy.bind(announcer) };
    const outboxWaiting = () => channels.reduce((sum, { name }) => sum + outbox.waiting(name), 0);
    const published = {
      ...{ board: stores.board, view: () => this.view(), breakers, spending, outboxWaiting, health, catalog },
      ...{ watched: watchedOf(config, env), sources, by: hostname(), clock, sleep, log },
    };
    const taken = { inbox: stores.inbox, ports: this.#ports(), starter: this.#starter, catalog, sleep, log };
    try {
      await Promise.all([
        this.#schedule(signal),
        intake({ ...taken, incidents: this.#incidents() }, signal),
        publish(published, signal),
      ]);
    } finally {
      // What still ends while this daemon is stopped is told by it, too.
      leading.now = stop.aborted;
    }
  }

  async #schedule(signal: AbortSignal): Promise<void> {
    const { stores, clock, sleep, log, catalog } = this.#options;
    let workflows: readonly Workflow[] = [];
    const scheduler = new Scheduler({
      ...{ clock, sleep, log, states: stores.records('schedule', scheduleStateSchema) },
      workflows: () => workflows,
      start: ({ run, workflow, cause }) => this.#starter.start({ run, workflow, cause }),
    });
    // A look is made of the files as they are then.
    await this.#every(
      0,
      async () => {
        workflows = [...(await catalog()).workflows.values()];
        await scheduler.look();
        await sleep(scheduler.pause(), signal);
      },
      signal,
    );
  }

  #incidents(): Incidents {
    const { stores, sources, clock, log } = this.#options;
    return new Incidents({
      ...{ store: stores.incidents, clock, log },
      endOf: (run) => this.#endOf(run),
      ownerOf: (labels) =>
        ownerOf(labels, (namespace, pod) => ownerOfPod(sources.cluster, namespace, pod, AbortSignal.timeout(LOOKUP))),
    });
  }

  #ports() {
    const { stores, announcer } = this.#options;
    const { runs, approving } = stores;
    const ports = incidentPorts({ runs, approvals: approving.approvals, starter: this.#starter });
    return {
      ...ports,
      start: async (effect: Parameters<typeof ports.start>[0]) => {
        await ports.start(effect);
        announcer.incidentOpened(effect);
      },
    };
  }

  async #endOf(run: string): Promise<number | undefined> {
    const { stores, clock } = this.#options;
    try {
      const state = await stores.runs.get(run);
      return isEnded(state) ? state.updatedAt : undefined;
    } catch (error) {
      if (!(error instanceof OpsError) || error.code !== 'not_found') throw error;
      const opened = (await stores.incidents.ofRun(run))?.openedAt;
      return opened !== undefined && clock.now() - opened > STILLBORN ? opened : undefined;
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

  /** A workflow that keeps changing the same thing is stopped in the middle of it. */
  async #changed({ run, workflow, cause }: RunState): Promise<void> {
    const { breakers, stores } = this.#options;
    const breaker = await breakers.check(workflow);
    if (breaker.kind === 'closed' || cause.kind === 'manual') return;
    const reason = `${breaker.reason}; it is stopped until ${iso(breaker.until)}`;
    await stores.runs.record(run, (_, at) => ({ type: 'cancel-requested', at, by: 'the circuit breaker', reason }));
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

  /** Again and again, until it is told to stop; what fails is logged, and comes again. */
  async #every(ms: number, work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const { sleep, log } = this.#options;
    while (!signal.aborted) {
      try {
        await work();
        await sleep(ms, signal);
      } catch (error) {
        log('something that the daemon does again and again has failed; it is tried again', error);
        await sleep(Math.max(ms, 5_000), signal);
      }
    }
  }
}

function nextOf(workflow: Workflow, now: number): { workflow: string; at: number }[] {
  const at = nextRunAt(workflow, now);
  return at === undefined ? [] : [{ workflow: workflow.name, at }];
}
