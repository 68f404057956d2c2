import type { Documents } from '../../shared/control-plane/ports.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { sha256 } from '../../shared/kernel/digest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';

/** Minutes after which the counters begin anew. */
const WINDOW = 15;
const PER_ADDRESS = 20;
/** From all addresses together: many machines gain little, and a person who mistypes is not locked out by it. */
const PER_NAME = 50;
const KIND = 'login-try';

/** Passwords that are worked out at the same time in this process, and that wait: each takes 8 MiB and much of a Pi's second. */
const AT_ONCE = 1;
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
  readonly #line: (() => void)[] = [];
  #running = 0;

  constructor(documents: Documents, clock: Clock) {
    this.#documents = documents;
    this.#clock = clock;
  }

  /** Counted before the try is judged, so that going away early does not help. Throws `TooMany`. */
  async count(address: string, name?: string): Promise<void> {
    // An address that has had its tries does not use up those of a name.
    if ((await this.#add(`address ${address}`)) > PER_ADDRESS) throw new TooMany(WINDOW * 60);
    if (name !== undefined && (await this.#add(`name ${name}`)) > PER_NAME) throw new TooMany(WINDOW * 60);
  }

  /** A good login forgives the tries of its address: offices share one. */
  async forgive(address: string): Promise<void> {
    await this.#documents.take(KIND, sha256(`address ${address}`), this.#clock.now());
  }

  /** Runs the costly check of a password, one after the other. */
  async inLine<T>(check: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) {
      if (this.#line.length >= IN_LINE) throw new TooMany(60);
      await new Promise<void>((resolve) => this.#line.push(resolve));
    }
    this.#running += 1;
    try {
      return await check();
    } finally {
      this.#running -= 1;
      this.#line.shift()?.();
    }
  }

  #add(who: string): Promise<number> {
    const now = this.#clock.now();
    return this.#documents.count(KIND, sha256(who), now, now + WINDOW * 60_000);
  }
}
