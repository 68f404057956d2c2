import { type Clock, iso } from '../../shared/kernel/clock.ts';
import type { Notification } from '../../shared/notify/notification.ts';
import type { Notifier } from '../../shared/notify/notifier.ts';
import type { Problem } from './problem.ts';

const BROKEN: Problem = {
  id: 'outbox',
  what: 'Notifications cannot be stored.',
  remedy: 'Free space, or correct the permissions of the file state.db: people are told when it can be written again.',
};

export interface OutletOptions {
  readonly notifier: Pick<Notifier, 'notify'>;
  /** Names this machine. */
  readonly by: string;
  readonly clock: Clock;
}

/** The way to people. That messages cannot be stored cannot be told by one; that they could not, and come late, can. */
export class Outlet {
  readonly #options: OutletOptions;
  #brokenSince: number | undefined;

  constructor(options: OutletOptions) {
    this.#options = options;
  }

  problem(): Problem | undefined {
    return this.#brokenSince === undefined ? undefined : BROKEN;
  }

  /** Whether it is stored. */
  notify(notification: Notification): boolean {
    const { notifier, clock } = this.#options;
    if (!notifier.notify(notification)) {
      this.#brokenSince ??= clock.now();
      return false;
    }
    if (this.#brokenSince !== undefined && notifier.notify(this.#again(this.#brokenSince)))
      this.#brokenSince = undefined;
    return true;
  }

  #again(since: number): Notification {
    const { by, clock } = this.#options;
    const id = `outbox (${by}) ${iso(since)}`;
    const problem = `${by}: notifications could not be stored, and come late`;
    return { kind: 'daemon-healthy', id, at: clock.now(), severity: 'warning', namespaces: [], problem, since };
  }
}
