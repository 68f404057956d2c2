import type { Effect, Incident, Known, Taken } from './incident.ts';

/** Where incidents live, and what has to be done about them. */
export interface IncidentStore {
  /** `key`: whom the entry is about now, which counts where it has not been taken in before. */
  known(entry: string, key: string): Promise<Known>;
  /**
   * Stores what `make` makes of what is known, and that this version of the entry is taken in: all or nothing, and on
   * disk when it returns. The run that the entry belongs to. Where another daemon was faster, `make` is asked anew.
   */
  take(entry: string, version: number, key: string, make: (known: Known) => Taken): Promise<string | undefined>;
  /** What has to be done, the longest known first; of one run in the order in which it came. */
  effects(): Promise<readonly { readonly id: string; readonly effect: Effect }[]>;
  done(id: string): Promise<void>;
  ofRun(run: string): Promise<Incident | undefined>;
  /** Newest first; 100 unless told. */
  list(limit?: number): Promise<readonly Incident[]>;
  /** Forgets those without news since then; says how many. */
  prune(before: number): Promise<number>;
}
