import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { count } from '../kernel/text.ts';
import type { Channel } from './channel.ts';
import type { Delivery } from './deliver.ts';
import type { Outbox, Pause, Waiting } from './outbox.ts';

/** Milliseconds before a second try, and at the most between two. */
const FIRST_RETRY = 5_000;
const LONGEST_RETRY = 900_000;

/** Milliseconds after which nobody wants to be told any more. */
const GIVE_UP = 86_400_000;

/** Longer than any try takes: a message that is on its way for so long belongs to a process that has ended. */
const LEASE = 60_000;

export interface CourierOptions {
  readonly outbox: Outbox;
  readonly clock: Clock;
  /** From 0 to 1: spreads the retries of many machines. */
  readonly random: () => number;
  readonly log: Log;
}

/**
 * Carries the messages of one channel: at least once, the most urgent first, within its rate limit. A crash between a
 * service's yes and our note of it sends that message once more; nothing loses one.
 */
export class Courier {
  readonly #channel: Channel;
  readonly #options: CourierOptions;

  constructor(channel: Channel, options: CourierOptions) {
    this.#channel = channel;
    this.#options = options;
  }

  /** Carries what is due; says when to look again, in milliseconds since the epoch. */
  async round(signal: AbortSignal): Promise<number> {
    const { outbox, clock } = this.#options;
    const { name, limit } = this.#channel;
    while (!signal.aborted) {
      const now = clock.now();
      const pause = outbox.paused(name);
      const from = Math.max(pauseEnd(pause, now), outbox.allowedAt(name, limit, now));
      if (from > now) return from;
      const waiting = outbox.due(name, now);
      if (waiting === undefined) break;
      await this.#try(waiting, pause, now);
    }
    return outbox.nextAt(name) ?? Number.POSITIVE_INFINITY;
  }

  async #try(waiting: Waiting, pause: Pause | undefined, now: number): Promise<void> {
    const { outbox } = this.#options;
    const { name } = this.#channel;
    const { notification } = waiting;
    const until = this.#channel.heldUntil(notification, now);
    if (until !== undefined) return outbox.hold(name, notification.id, until);
    if (!outbox.claim(name, waiting, now, now + LEASE)) return;
    const delivery = await this.#channel.send(notification);
    if (delivery.kind === 'failed') return this.#failed(delivery, waiting, pause);
    outbox.delivered(name, notification.id);
    if (pause !== undefined) outbox.resume(name);
  }

  #failed(delivery: Extract<Delivery, { kind: 'failed' }>, waiting: Waiting, pause: Pause | undefined): void {
    const { outbox, clock, log } = this.#options;
    const { name } = this.#channel;
    const { problem, everyMessage, retryAfter } = delivery;
    const now = clock.now();
    const failures = (pause?.failures ?? 0) + 1;
    const until = now + (retryAfter ?? this.#backoff(everyMessage ? failures : waiting.attempts + 1));
    outbox.retry(name, waiting.notification.id, until);
    if (everyMessage) outbox.pause(name, { until, failures, problem: problem.message });
    // One line an outage; that a service is busy for a moment is none.
    const first = everyMessage ? failures === 1 : waiting.attempts === 0;
    if (first && retryAfter === undefined)
      log(`channel ${name} takes no notification; it is kept, and tried again`, problem);
    const lost = outbox.giveUp(name, now - GIVE_UP);
    if (lost.length > 0)
      log(
        `channel ${name} took ${count(lost.length, 'notification')} on no try of a day: given up: ${lost.join(', ')}`,
        problem,
      );
  }

  #backoff(failures: number): number {
    return Math.min(FIRST_RETRY * 2 ** (failures - 1), LONGEST_RETRY) * (0.5 + this.#options.random() / 2);
  }
}

/** No pause is longer than a day: one that is was written before the clock was set back. */
function pauseEnd(pause: Pause | undefined, now: number): number {
  return pause === undefined || pause.until > now + GIVE_UP ? now : pause.until;
}
