/** Milliseconds, and messages of one kind in them that are still one each. */
const WINDOW = 60_000;
const FEW = 3;

/** When messages of one kind are told: the first ones at once, each by itself; a flood as one message a minute. */
export class Burst {
  #told: readonly number[] = [];

  /** How those that wait are told now; `later`: not yet. */
  plan(waiting: number, now: number): 'each' | 'together' | 'later' {
    this.#told = this.#told.filter((at) => at <= now && at > now - WINDOW);
    if (waiting + this.#told.length <= FEW) return 'each';
    return this.#told.length === 0 ? 'together' : 'later';
  }

  told(now: number): void {
    this.#told = [...this.#told, now];
  }
}
