import { setImmediate } from 'node:timers/promises';
import type { Sleep } from '../../daemon/sleep.ts';
import type { Clock } from '../../shared/kernel/clock.ts';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Time that goes by only while nobody does anything: a day in a minute or two. */
export class VirtualTime implements Clock {
  #now: number;
  readonly #sleepers = new Set<Sleeper>();

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  readonly sleep: Sleep = (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const wake = () => {
        signal.removeEventListener('abort', wake);
        this.#sleepers.delete(sleeper);
        resolve();
      };
      const sleeper: Sleeper = { at: this.#now + Math.max(0, ms), wake };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', wake, { once: true });
    });

  /** Lets everybody work until then. */
  async until(end: number): Promise<void> {
    for (;;) {
      await this.#settle();
      const next = Math.min(end, ...[...this.#sleepers].map(({ at }) => at));
      this.#now = Math.max(this.#now, next);
      const due = [...this.#sleepers].filter(({ at }) => at <= this.#now);
      if (due.length === 0 && this.#now >= end) return;
      for (const { wake } of due) wake();
    }
  }

  /** A machine that was asleep for so long, and two hours after it. */
  async jump(ms: number): Promise<void> {
    this.#now += ms;
    await this.until(this.#now + 2 * 3_600_000);
  }

  /** Until nothing more happens without time: no file is read or written, and no message is on its way. */
  async #settle(): Promise<void> {
    let quiet = 0;
    while (quiet < 2) {
      await setImmediate();
      const isBusy = process.getActiveResourcesInfo().some((name) => /^(FSReq|TCPSocket|TCPConnect)/.test(name));
      quiet = isBusy ? 0 : quiet + 1;
    }
  }
}
