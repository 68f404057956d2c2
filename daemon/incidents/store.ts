import type { Effect, Incident, Known, Taken } from './incident.ts';

/** Where incidents live, and what has to be done about them. */
export interface IncidentStore {
  known(entry: string, key: string): Promise<Known>;
  /**
   * Stores what `make` makes of what is known, and that this version of the entry is taken in: all or nothing, and on
   * disk when it returns. The run that the entry belongs to.
   */
  take(entry: string, version: number, key: string, make: (known: Known) => Taken): Promise<string | undefined>;
  /** What has to be done, in the order in which it came. */
  effects(): Promise<readonly { readonly id: number; readonly effect: Effect }[]>;
  done(id: number): Promise<void>;
  ofRun(run: string): Promise<Incident | undefined>;
  /** Newest first; 100 unless told. */
  list(limit?: number): Promise<readonly Incident[]>;
  /** Forgets those without news since then; says how many. */
  prune(before: number): Promise<number>;
}
