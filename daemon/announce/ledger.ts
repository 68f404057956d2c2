import { z } from 'zod';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { Records } from '../records.ts';

/** What people were told of, by id; `by`: who is about to tell it. */
export const toldSchema = z.record(z.string(), z.object({ at: z.number(), by: z.string().exactOptional() }));
type Told = Readonly<z.output<typeof toldSchema>>;

/** Milliseconds after which somebody who was about to tell it has died before. */
const PATIENCE = 60_000;

/** Entries of one kind, the newest: what is older is over, and the outbox knows it for 30 days. */
const MOST = 500;

export interface LedgerOptions {
  /** By kind. */
  readonly told: Records<Told>;
  readonly clock: Clock;
  /** Names this process. */
  readonly owner: string;
}

/**
 * What people were told, whichever daemon told it. Whoever tells something says so before and after: killed in between,
 * it is told once more; never by two at once.
 */
export class Ledger {
  readonly #options: LedgerOptions;
  /** The store is not asked again for what this process knows to be told. */
  readonly #known = new Set<string>();

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  isKnown(id: string): boolean {
    return this.#known.has(id);
  }

  async wasTold(kind: string, id: string): Promise<boolean> {
    const entries = await this.#options.told.update(kind, (known = {}) => known);
    return entries[id] !== undefined;
  }

  /** `tell` gets those that nobody has told, and says whether it has now; where not, it gets them with the next call. */
  async tell(kind: string, ids: readonly string[], tell: (ids: readonly string[]) => boolean): Promise<void> {
    const unknown = ids.filter((id) => !this.isKnown(id));
    const ours = unknown.length === 0 ? [] : await this.#begin(kind, unknown);
    if (ours.length === 0 || !tell(ours)) return;
    const { told, clock } = this.#options;
    const entries = Object.fromEntries(ours.map((id) => [id, { at: clock.now() }]));
    await told.update(kind, (known) => ({ ...known, ...entries }));
    this.#remember(ours);
  }

  /** Those that are for us to tell. */
  async #begin(kind: string, ids: readonly string[]): Promise<readonly string[]> {
    const { told, clock, owner } = this.#options;
    const now = clock.now();
    const entries = await told.update(kind, (known = {}) => {
      const free = ids.filter((id) => isFree(known[id], now));
      if (free.length === 0) return known;
      return { ...newest(known), ...Object.fromEntries(free.map((id) => [id, { at: now, by: owner }])) };
    });
    this.#remember(ids.filter((id) => entries[id]?.by === undefined));
    return ids.filter((id) => entries[id]?.by === owner);
  }

  #remember(ids: readonly string[]): void {
    for (const id of ids) this.#known.add(id);
    for (const oldest of this.#known) {
      if (this.#known.size <= 10 * MOST) break;
      this.#known.delete(oldest);
    }
  }
}

/** A clock that was put back makes nobody wait for longer. */
function isFree(entry: Told[string] | undefined, now: number): boolean {
  return entry === undefined || (entry.by !== undefined && Math.abs(now - entry.at) >= PATIENCE);
}

function newest(known: Told): Told {
  const entries = Object.entries(known);
  if (entries.length < MOST) return known;
  return Object.fromEntries(entries.toSorted(([, a], [, b]) => b.at - a.at).slice(0, MOST - 1));
}
