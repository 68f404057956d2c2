import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { iso } from '../kernel/clock.ts';
import type { RunEvent } from '../workflow/events.ts';
import type { Appended, RunFilter, RunRow, RunStore } from '../workflow/run-store.ts';
import { isEnded, replay } from '../workflow/state.ts';
import { summaryOf } from './run-summary.ts';

/**
 * Writes what is stored of a run to `<date>-<workflow>-<run>.jsonl`, for people and their tools, and a summary beside it
 * when the run has ended. The store stays the truth: the file is written anew from it with each event, so that what a
 * crash or a full disk has left out comes with the next one.
 */
export class LoggedRunStore implements RunStore {
  readonly #store: RunStore;
  readonly #folder: string;
  readonly #log: (message: string, error: unknown) => void;

  constructor(store: RunStore, folder: string, log: (message: string, error: unknown) => void) {
    this.#store = store;
    this.#folder = folder;
    this.#log = log;
  }

  async append(seq: number, event: RunEvent, row: RunRow): Promise<Appended> {
    const appended = await this.#store.append(seq, event, row);
    if (appended === 'ok') await this.#write(row);
    return appended;
  }

  read(run: string): Promise<readonly RunEvent[]> {
    return this.#store.read(run);
  }

  list(filter?: RunFilter): Promise<readonly RunRow[]> {
    return this.#store.list(filter);
  }

  async #write({ run, workflow, createdAt }: RunRow): Promise<void> {
    const name = join(this.#folder, `${iso(createdAt).slice(0, 10)}-${workflow}-${run}`);
    try {
      const events = await this.#store.read(run);
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const lines = events.map(({ at, ...event }) => `${JSON.stringify({ at: iso(at), run, workflow, ...event })}\n`);
      replace(`${name}.jsonl`, lines.join(''));
      const state = replay(events);
      if (state !== undefined && isEnded(state)) replace(`${name}.md`, summaryOf(state, events));
    } catch (error) {
      this.#log(`the log of run ${run} could not be written`, error);
    }
  }
}

/** Nobody ever reads half a file. */
function replace(path: string, text: string): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}
