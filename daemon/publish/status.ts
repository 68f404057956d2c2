import type { Board } from '../../shared/control-plane/ports.ts';
import type { DaemonStatus, Status } from '../../shared/control-plane/status.ts';
import { BUDGET, type Problem, unreachable, unreachableId } from '../announce/problem.ts';
import type { Breakers } from '../breaker/breakers.ts';
import type { Spending } from '../spending/spending.ts';
import { type SnapshotOptions, takeSnapshot } from '../status/snapshot.ts';
import type { DaemonView } from '../view.ts';

/** What is wrong is told by whoever tells people. */
interface Health {
  unhealthy(problem: Problem): Promise<void>;
  healthy(id: string): Promise<void>;
}

/** Parts of a status, and what they are read from. */
export type Watched = readonly (readonly [part: 'nodes' | 'alerts' | 'apps', name: string])[];

export interface StatusOptions extends SnapshotOptions {
  readonly board: Pick<Board, 'status' | 'publishStatus'>;
  readonly view: () => Promise<
    Pick<DaemonView, 'owner' | 'startedAt' | 'runs' | 'problems' | 'spentTodayUsd' | 'budgetTodayUsd'>
  >;
  readonly breakers: Pick<Breakers, 'list'>;
  readonly spending: Pick<Spending, 'today'>;
  /** Notifications that wait to be sent. */
  readonly outboxWaiting: () => number;
  readonly health: Health;
  /** What is set up, and is missed when it does not answer. */
  readonly watched: Watched;
}

/** What the cluster looks like, and what the daemon does. Everything that a look costs the cluster is in `takeSnapshot`. */
export class StatusPublisher {
  readonly #options: StatusOptions;
  #last: Status | undefined;

  constructor(options: StatusOptions) {
    this.#options = options;
  }

  async round(): Promise<void> {
    const { board, spending, health } = this.#options;
    // What a process before this one has seen is still worth something, with its age.
    this.#last ??= await board.status();
    const snapshot = await takeSnapshot(this.#options, this.#last);
    this.#last = snapshot;
    await this.#missed(snapshot);
    if (!(await spending.today()).isUsedUp) await health.healthy(BUDGET);
    await board.publishStatus({ ...snapshot, daemon: await this.#daemon() });
  }

  async #missed(status: Status): Promise<void> {
    const { watched, health } = this.#options;
    for (const [part, name] of watched) {
      const { error } = status[part];
      if (error === undefined) await health.healthy(unreachableId(name));
      else await health.unhealthy(unreachable(name, error));
    }
  }

  async #daemon(): Promise<DaemonStatus> {
    const { view, breakers, outboxWaiting, clock } = this.#options;
    const { owner, startedAt, runs, problems, spentTodayUsd, budgetTodayUsd } = await view();
    const open = (await breakers.list()).flatMap(({ workflow, state }) =>
      state.kind === 'open' && state.until > clock.now()
        ? [{ workflow, until: state.until, reason: state.reason }]
        : [],
    );
    return {
      ...{ owner, startedAt, spentTodayUsd, budgetTodayUsd, breakers: open, outboxWaiting: outboxWaiting() },
      runs: runs.map(({ run, workflow, step, since }) => ({
        ...{ run, workflow, since },
        ...(step !== undefined && { step }),
      })),
      problems: problems.map(({ what, remedy }) => ({ what, remedy })),
    };
  }
}
