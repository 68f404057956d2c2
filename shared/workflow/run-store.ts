import { z } from 'zod';
import type { RunEvent } from './events.ts';
import { RUN_STATUSES, type RunStatus } from './state.ts';

/** A run in a list: what can be told of it without reading its events. */
export const rowSchema = z.object({
  run: z.string(),
  workflow: z.string(),
  status: z.enum(RUN_STATUSES),
  /** Held from `running` until it ends; at most one run holds it. */
  lock: z.string().exactOptional(),
  /** Milliseconds since the epoch. */
  createdAt: z.number(),
  updatedAt: z.number(),
  /** Whether what it changed has helped, where that was looked at. */
  verified: z.enum(['cleared', 'not-cleared']).exactOptional(),
});
export type RunRow = Readonly<z.output<typeof rowSchema>>;

export interface RunFilter {
  readonly workflow?: string;
  readonly statuses?: readonly RunStatus[];
  /** Newest first; 100 unless told. */
  readonly limit?: number;
}

/** What came of an append: `taken` where another event has that number, `locked` where another run holds the lock. */
export type Appended = 'ok' | 'taken' | 'locked';

/** Where the events of runs live. Every adapter passes test/contracts/run-store.ts. */
export interface RunStore {
  /**
   * Writes `event` as number `seq` (from 0) of the run and `row` as its state, both or neither, and on disk when it
   * returns `ok`. Nothing is written unless the run has exactly `seq` events.
   */
  append(seq: number, event: RunEvent, row: RunRow): Promise<Appended>;
  /** In their order; empty where there is no such run. */
  read(run: string): Promise<readonly RunEvent[]>;
  list(filter?: RunFilter): Promise<readonly RunRow[]>;
}
