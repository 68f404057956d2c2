import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../shared/kernel/clock.ts';
import { writeAtomically } from '../files.ts';

/** Wrong tries before one has to wait. */
const FREE = 3;
/** The first wait in milliseconds; each further wrong try doubles it. */
const FIRST_WAIT = 10_000;
const LONGEST_WAIT = 15 * 60_000;

const fileSchema = z.object({ failures: z.int().min(0), last: z.number() });

/** Wrong passphrases, counted over all processes, so that a script gains nothing by starting anew. */
export class Attempts {
  readonly #file: string;
  readonly #clock: Clock;

  constructor(passphraseFile: string, clock: Clock) {
    this.#file = join(dirname(passphraseFile), 'attempts.json');
    this.#clock = clock;
  }

  /** Milliseconds until the next try is allowed; 0: now. */
  wait(): number {
    const { failures, last } = this.#read();
    if (failures < FREE) return 0;
    const pause = Math.min(FIRST_WAIT * 2 ** (failures - FREE), LONGEST_WAIT);
    // A clock that was set back must not lock anybody out for longer than the pause.
    return Math.min(pause, Math.max(0, last + pause - this.#clock.now()));
  }

  /** Counted before the try is judged, so that ending the process early does not help. */
  begin(): void {
    const { failures } = this.#read();
    writeAtomically(this.#file, JSON.stringify({ failures: failures + 1, last: this.#clock.now() }), 0o600);
  }

  succeeded(): void {
    rmSync(this.#file, { force: true });
  }

  #read(): z.output<typeof fileSchema> {
    try {
      return fileSchema.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch {
      return { failures: 0, last: 0 };
    }
  }
}
