/** What a list tells of a thing. Whatever happens to the thing changes its version. */
export interface Glance {
  readonly id: string;
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly changedAt: number;
}

interface Followed<M> {
  /** The newest that were made, newest first. */
  readonly newest: (limit: number) => Promise<readonly Glance[]>;
  /** Those that may change yet. */
  readonly open: () => Promise<readonly Glance[]>;
  /** Counts what is new of a thing. `before` is undefined at the first visit. */
  readonly visit: (id: string, before: M | undefined) => Promise<Visited<M>>;
}

interface Visited<M> {
  /** What has been counted of it. */
  readonly counted: M;
  /** Nothing more will happen to it. */
  readonly isOver: boolean;
}

interface Known<M> {
  readonly version: string;
  readonly visited?: Visited<M>;
}

/** How many of the newest are looked at: at first, and at the most between two looks. */
const PAGE = 20;
const MOST = 640;

/**
 * Follows what a store holds, whoever writes it: on a laptop the daemon and the servers write the same file as the
 * dashboard, and in a cluster another replica may. Everything is counted once, from the start of this process on; what
 * is remembered is as much as is open, and the newest.
 */
export class Follower<M> {
  readonly #followed: Followed<M>;
  readonly #from: number;
  readonly #known = new Map<string, Known<M>>();
  #looking: Promise<void> | undefined;

  /** `from`: milliseconds since the epoch. What has not changed since then is not visited. */
  constructor(from: number, followed: Followed<M>) {
    this.#from = from;
    this.#followed = followed;
  }

  /** Visits all that has news. Who asks meanwhile gets the same look: two would count the same twice. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    // The open ones first: what ends between the two lists is in the second.
    const open = await this.#followed.open();
    const glances = new Map([...open, ...(await this.#newest())].map((glance) => [glance.id, glance]));
    for (const glance of glances.values()) await this.#see(glance);
    for (const [id, { version, visited }] of this.#known) {
      if (glances.has(id)) continue;
      const last = visited?.isOver === false ? await this.#followed.visit(id, visited.counted) : undefined;
      if (last?.isOver === false) this.#known.set(id, { version, visited: last });
      else this.#known.delete(id);
    }
  }

  async #see({ id, version, changedAt }: Glance): Promise<void> {
    const before = this.#known.get(id);
    if (before?.version === version) return;
    const isOld = before === undefined && changedAt < this.#from;
    const visited = isOld ? undefined : await this.#followed.visit(id, before?.visited?.counted);
    this.#known.set(id, { version, ...(visited && { visited }) });
  }

  /** As many as are new since the look before. */
  async #newest(): Promise<readonly Glance[]> {
    for (let limit = PAGE; ; limit *= 2) {
      const page = await this.#followed.newest(limit);
      const last = page.at(-1);
      const isAll =
        page.length < limit || last === undefined || last.createdAt < this.#from || this.#known.has(last.id);
      if (isAll || limit >= MOST) return page;
    }
  }
}
