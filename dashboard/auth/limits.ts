import type { Documents } from '../../shared/control-plane/ports.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { sha256 } from '../../shared/kernel/digest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { Turns } from '../turns.ts';

/** Minutes after which the counters begin anew. */
const WINDOW = 15;
const PER_ADDRESS = 20;
/** From all addresses together: many machines gain little, and a person who mistypes is not locked out by it. */
const PER_NAME = 50;
const KIND = 'login-try';
/** More than these, and the store is asked again. */
const REMEMBERED = 10_000;

/** Passwords that wait to be worked out: each takes 8 MiB and much of a Pi's second. */
const IN_LINE = 8;

/** Answered with 429. */
export class TooMany extends OpsError {
  /** Seconds. */
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    super('forbidden', 'Too many tries to sign in.', `Wait ${Math.ceil(retryAfter / 60)} minutes and try again.`);
    this.retryAfter = retryAfter;
  }
}

/** Tries to sign in, counted in the store: a restart or another replica forgets none. */
export class LoginLimits {
  readonly #documents: Documents;
  readonly #clock: Clock;
  /** Until when those who have had their tries are refused without a write: a flood of tries must not wear out an SD card. */
  readonly #spent = new Map<string, number>();
  readonly #turns = new Turns();

  constructor(documents: Documents, clock: Clock) {
    this.#documents = documents;
    this.#clock = clock;
  }

  /** Counted before the try is judged, so that going away early does not help. Throws `TooMany`. */
  async count(address: string, name?: string): Promise<void> {
    const keys = { address: sha256(`address ${address}`), ...(name !== undefined && { name: sha256(`name ${name}`) }) };
    for (const key of Object.values(keys)) this.#refuseSpent(key);
    // An address that has had its tries does not use up those of a name.
    await this.#add(keys.address, PER_ADDRESS);
    if (keys.name !== undefined) await this.#add(keys.name, PER_NAME);
  }

  /** A good login forgives the tries of its address: offices share one. */
  async forgive(address: string): Promise<void> {
    const key = sha256(`address ${address}`);
    this.#spent.delete(key);
    await this.#documents.take(KIND, key, this.#clock.now());
  }

  /** Runs the costly check of a password, one after the other. */
  async inLine<T>(check: () => Promise<T>): Promise<T> {
    if (this.#turns.waiting >= IN_LINE) throw new TooMany(60);
    return this.#turns.take(check);
  }

  #refuseSpent(key: string): void {
    const left = (this.#spent.get(key) ?? 0) - this.#clock.now();
    if (left > 0) throw new TooMany(Math.ceil(left / 1000));
  }

  async #add(key: string, most: number): Promise<void> {
    const now = this.#clock.now();
    const end = now + WINDOW * 60_000;
    if ((await this.#documents.count(KIND, key, now, end)) <= most) return;
    if (this.#spent.size >= REMEMBERED) this.#spent.clear();
    this.#spent.set(key, end);
    throw new TooMany(WINDOW * 60);
  }
}
