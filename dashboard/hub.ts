import type { Changes, Topic } from '../shared/control-plane/ports.ts';

interface Waiting<T> {
  /** Milliseconds at the most. */
  readonly ms: number;
  /** Ends it early: the client has gone. */
  readonly signal: AbortSignal;
  readonly read: () => Promise<T>;
  readonly done: (value: T) => boolean;
}

/** Tells everybody in this process what has changed: one subscription to the store, however many listen, and none where nobody does. */
export class Hub {
  readonly #changes: Changes;
  readonly #listeners = new Set<(topic: Topic) => void>();
  readonly #closed = new AbortController();
  #unsubscribe: (() => void) | undefined;

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  /** Returns how to stop listening. */
  listen(listener: (topic: Topic) => void): () => void {
    this.#listeners.add(listener);
    this.#unsubscribe ??= this.#changes.subscribe((topic) => {
      for (const each of this.#listeners) each(topic);
    });
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#leave();
    };
  }

  /** Reads with each change of `topic` until that is `done`, or time is up; the last reading is the answer. */
  async until<T>(topic: Topic, { ms, signal, read, done }: Waiting<T>): Promise<T> {
    const end = AbortSignal.any([signal, this.#closed.signal, AbortSignal.timeout(Math.max(0, ms))]);
    let changed = false;
    let wake = () => {};
    end.addEventListener('abort', () => wake(), { once: true });
    const stop = this.listen((each) => {
      if (each !== topic) return;
      changed = true;
      wake();
    });
    try {
      for (;;) {
        changed = false;
        const ended = end.aborted;
        const value = await read();
        if (ended || done(value)) return value;
        await new Promise<void>((resolve) => {
          wake = resolve;
          // What came during the reading woke nobody.
          if (changed || end.aborted) resolve();
        });
      }
    } finally {
      stop();
    }
  }

  /** Ends what waits; each gets what there is. */
  close(): void {
    this.#closed.abort();
    this.#leave();
  }

  #leave(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }
}
