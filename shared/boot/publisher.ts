import { workflowSummaries } from '../config/workflow-list.ts';
import type { Board } from '../control-plane/ports.ts';
import { isLed } from '../control-plane/status.ts';
import type { Clock } from '../kernel/clock.ts';
import { digest } from '../kernel/digest.ts';
import type { Log } from '../kernel/log.ts';
import type { Paths } from '../kernel/paths.ts';
import { rounds } from '../kernel/rounds.ts';
import type { RunStore } from '../workflow/run-store.ts';
import { rowOf } from '../workflow/runs.ts';
import { type RunState, reduce } from '../workflow/state.ts';

/** Milliseconds between two looks; after failures at the most. */
const PAUSE = 5_000;
const LONGEST = 300_000;

/** Milliseconds between looks whether a daemon still leads. */
const LED = 60_000;

export interface PublisherOptions {
  readonly paths: Paths;
  /** Names this machine. */
  readonly by: string;
  readonly clock: Clock;
  readonly board: Pick<Board, 'publishWorkflows' | 'status'>;
  /** Where the runs of this machine are, and where the dashboard looks for them, if it does not look here itself. */
  readonly runs?: { readonly from: RunStore; readonly to: RunStore };
  readonly log: Log;
}

/** Tells the dashboard what this machine has: its workflows when they change, and its runs, event by event. */
export class Publisher {
  readonly #options: PublisherOptions;
  /** Digest of the list that was published last. */
  #published: string | undefined;
  /** Until when the list is left to a daemon, in milliseconds since the epoch. */
  #ledUntil = 0;
  /** When each run that was sent had changed last. */
  readonly #sent = new Map<string, number>();
  #failures = 0;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Until it is told to stop. It keeps no process alive. */
  run(signal: AbortSignal): Promise<void> {
    return rounds(() => this.round(), signal);
  }

  /** Publishes what is new; says how many milliseconds to wait before the next look. */
  async round(): Promise<number> {
    try {
      await this.#publishWorkflows();
      await this.#sendRuns();
      this.#failures = 0;
      return PAUSE;
    } catch (error) {
      if (this.#failures === 0)
        this.#options.log('nothing could be published at the dashboard; it is tried again', error);
      this.#failures += 1;
      return Math.min(PAUSE * 2 ** this.#failures, LONGEST);
    }
  }

  async #publishWorkflows(): Promise<void> {
    const { paths, by, clock, board } = this.#options;
    const workflows = [...(await workflowSummaries(paths))];
    const fingerprint = digest(workflows);
    if (fingerprint === this.#published || clock.now() < this.#ledUntil) return;
    if (isLed(await board.status(), clock.now())) {
      this.#ledUntil = clock.now() + LED;
      return;
    }
    await board.publishWorkflows({ at: clock.now(), by, workflows });
    this.#published = fingerprint;
  }

  async #sendRuns(): Promise<void> {
    const { runs } = this.#options;
    if (runs === undefined) return;
    for (const { run, updatedAt } of await runs.from.list()) {
      if (this.#sent.get(run) === updatedAt) continue;
      await send(runs, run);
      this.#sent.set(run, updatedAt);
    }
  }
}

/** The events that the other store lacks. Its locks are its own: another machine's run is none of them. */
async function send({ from, to }: NonNullable<PublisherOptions['runs']>, run: string): Promise<void> {
  const events = await from.read(run);
  const known = (await to.read(run)).length;
  let state: RunState | undefined;
  for (const [seq, event] of events.entries()) {
    state = reduce(state, event);
    if (seq < known) continue;
    const { lock: _, ...row } = rowOf(state);
    await to.append(seq, event, row);
  }
}
