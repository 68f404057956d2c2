import timers from 'node:timers/promises';
import type { Channel } from './channel.ts';
import { Courier, type CourierOptions } from './courier.ts';
import type { Notification } from './notification.ts';

export interface NotifierOptions extends CourierOptions {
  /** Waits, or returns at once when `signal` is aborted; by a timer that keeps no process alive unless told. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Milliseconds between looks at the outbox where nothing is due: the clock may jump. */
const LONGEST_PAUSE = 30_000;

/** Tells people. Whoever calls it is never held up and never fails by it. */
export class Notifier {
  readonly #channels: readonly Channel[];
  readonly #options: NotifierOptions;
  #wake = new AbortController();

  constructor(channels: readonly Channel[], options: NotifierOptions) {
    this.#channels = channels;
    this.#options = options;
  }

  /**
   * Stores the message for every channel that wants it, once by its id; it is on disk when this returns. False where it
   * could not be stored: whoever can tell it again does so later.
   */
  notify(notification: Notification): boolean {
    const { outbox, clock, log } = this.#options;
    const names = this.#channels.filter((channel) => channel.wants(notification)).map(({ name }) => name);
    if (names.length === 0) return true;
    try {
      outbox.add(notification, names, clock.now());
      this.#rouse();
      return true;
    } catch (error) {
      log(`notification ${notification.id} could not be stored`, error);
      return false;
    }
  }

  /** Delivers until it is told to stop; it then ends with the tries that are on their way. Channels do not wait for each other. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#rouse(), { once: true });
    await Promise.all(this.#channels.map((channel) => this.#carry(channel, signal)));
  }

  async #carry(channel: Channel, signal: AbortSignal): Promise<void> {
    const { clock, log, sleep = nap } = this.#options;
    const courier = new Courier(channel, this.#options);
    let broken = false;
    while (!signal.aborted) {
      // Taken before the round: what is stored while it runs is seen in the next one at once.
      const wake = this.#wake.signal;
      const next = await courier.round(signal).catch((error: unknown) => {
        if (!broken)
          log(`notifications of channel ${channel.name} cannot be read or written; it is tried again`, error);
        return undefined;
      });
      broken = next === undefined;
      const pause = Math.min(Math.max(0, (next ?? Number.POSITIVE_INFINITY) - clock.now()), LONGEST_PAUSE);
      if (!signal.aborted) await sleep(pause, wake);
    }
  }

  #rouse(): void {
    this.#wake.abort();
    this.#wake = new AbortController();
  }
}

async function nap(ms: number, signal: AbortSignal): Promise<void> {
  await timers.setTimeout(ms, undefined, { signal, ref: false }).catch(() => undefined);
}
