/** Longer than any name of ours: what comes over the API has no limit of its own. */
const LENGTH = 80;

/** Names as label values: so many that Prometheus bears them, and `other` for the rest. */
export class Names {
  readonly #known = new Set<string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  of(name: string): string {
    const short = name.slice(0, LENGTH);
    if (this.#known.size < this.#most) this.#known.add(short);
    return this.#known.has(short) ? short : 'other';
  }
}
