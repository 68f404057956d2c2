import { z } from 'zod';
import type { DaemonContent, DaemonDocument, DaemonState } from '../../shared/control-plane/ports.ts';
import { type Decision, decide } from '../decide.ts';
import type { Lease, Leases } from './lease.ts';

const PART = 'leases';

/** Milliseconds that a released lease stays known, so that the next claim's token is a greater one. */
const MEMORY = 24 * 3_600_000;

const storedSchema = z.object({
  owner: z.string().exactOptional().describe('Nobody, where it was released.'),
  token: z.int().min(1),
  expiresAt: z.number(),
});
type Stored = Readonly<z.output<typeof storedSchema>>;

/**
 * Leases that all daemons share, one document a run.
 *
 * When a lease ends is said by the clock of whoever claimed it, and judged by that of whoever wants it next. Where the
 * second one is ahead, it takes the run over early, by as much as the clocks differ; the first one finds out with its
 * next renewal, within a third of the lease's life, and until then both believe that they drive the run. (Where it is
 * behind, a run merely stands still for longer.) Nothing happens twice nevertheless. Each event of a run is a
 * compare-and-swap by its number, and that a step or an action begins is an event that is stored before it does: of two
 * daemons one is told that the number is taken, and stops. An approval is claimed by compare-and-swap, too. What two of
 * them can do twice is to look and to ask, and asking twice finds the same approval. The lease saves that work; it is
 * not what a change depends on.
 */
export class SharedLeases implements Leases {
  readonly #state: DaemonState;

  constructor(state: DaemonState) {
    this.#state = state;
  }

  async claim(run: string, owner: string, now: number, life: number): Promise<Lease | undefined> {
    return decide<Lease | undefined>(this.#state, PART, run, (found) => {
      const known = found && storedOf(found);
      if (known?.owner !== undefined && known.expiresAt > now) return { answer: undefined };
      const lease = { run, owner, token: (known?.token ?? 0) + 1, expiresAt: now + life };
      return { answer: lease, next: held(lease) };
    });
  }

  async renew(lease: Lease, now: number, life: number): Promise<Lease | undefined> {
    const renewed = { ...lease, expiresAt: now + life };
    const done = await this.#change(lease, now, { answer: true, next: held(renewed) });
    return done ? renewed : undefined;
  }

  async release(lease: Lease, now: number): Promise<boolean> {
    const { token, expiresAt } = lease;
    return this.#change(lease, now, { answer: true, next: { value: { token, expiresAt }, due: now + MEMORY } });
  }

  async holds(lease: Lease, now: number): Promise<boolean> {
    return this.#change(lease, now, { answer: true });
  }

  async abandoned(now: number): Promise<readonly string[]> {
    const due = await this.#state.due(PART, now);
    for (const found of due)
      if (storedOf(found).owner === undefined) await this.#state.swap(PART, found.key, found.version, undefined);
    return due.filter((found) => storedOf(found).owner !== undefined).map(({ key }) => key);
  }

  /** `decision`, where the lease is held; else false. */
  #change(lease: Lease, now: number, decision: Decision<boolean>): Promise<boolean> {
    return decide(this.#state, PART, lease.run, (found) => {
      const known = found && storedOf(found);
      const isMine = known?.owner === lease.owner && known.token === lease.token && known.expiresAt > now;
      return isMine ? decision : { answer: false };
    });
  }
}

function held({ owner, token, expiresAt }: Lease): DaemonContent {
  return { value: { owner, token, expiresAt }, due: expiresAt };
}

function storedOf({ value }: DaemonDocument): Stored {
  return storedSchema.parse(value);
}
