import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditRecord } from '../../audit/record.ts';
import type { Clock } from '../../kernel/clock.ts';
import { OpsError } from '../../kernel/errors.ts';
import type { Log } from '../../kernel/log.ts';
import { rounds } from '../../kernel/rounds.ts';
import { MAX_SHIPMENT } from '../api.ts';
import type { ActionLog } from '../ports.ts';
import { logFiles, nextPiece, type Offsets, type Piece, readOffsets, writeOffsets } from './log-files.ts';

/** Milliseconds between looks at the files; after a failure; and at the most. */
const PAUSE = 2_000;
const FIRST_RETRY = 1_000;
const LONGEST_RETRY = 300_000;

/** Of the processes of one machine one ships. Its mark is older than this when it has ended. */
const LEASE = 30_000;

export interface ShipperOptions {
  /** Of the audit log. */
  readonly folder: string;
  /** Where it keeps how far it came. */
  readonly state: string;
  /** Names this process. */
  readonly owner: string;
  readonly to: Pick<ActionLog, 'ship'>;
  readonly clock: Clock;
  /** From 0 to 1: spreads the retries of many machines. */
  readonly random: () => number;
  readonly log: Log;
}

/**
 * Carries the audit log to the dashboard: at least once, in the order in which it was written, from where it ended
 * last. The files stay the truth, and nothing waits for it.
 */
export class Shipper {
  readonly #options: ShipperOptions;
  readonly #lease: string;
  readonly #file: string;
  #failures = 0;

  constructor(options: ShipperOptions) {
    this.#options = options;
    this.#lease = join(options.state, 'shipping');
    this.#file = join(options.state, 'shipped.json');
  }

  /** Until it is told to stop. It keeps no process alive. */
  run(signal: AbortSignal): Promise<void> {
    return rounds(() => this.round(), signal);
  }

  /** Ships all that there is; says how many milliseconds to wait before the next look. */
  async round(): Promise<number> {
    const { log, random } = this.#options;
    try {
      if (await this.#holdsLease()) await this.#shipAll();
      this.#failures = 0;
      return PAUSE;
    } catch (error) {
      if (this.#failures === 0) log('the audit log could not be shipped; it is tried again', error);
      const longest = Math.min(FIRST_RETRY * 2 ** this.#failures, LONGEST_RETRY);
      this.#failures += 1;
      return longest * (0.5 + random() / 2);
    }
  }

  async #shipAll(): Promise<void> {
    const { folder } = this.#options;
    const known = await readOffsets(this.#file);
    const files = await logFiles(folder);
    // A file that was removed is forgotten.
    let offsets: Offsets = Object.fromEntries(files.map((name) => [name, known[name] ?? 0]));
    for (const file of files) {
      for (;;) {
        const piece: Piece | undefined = await nextPiece(folder, file, offsets[file] ?? 0);
        if (piece === undefined) break;
        await this.#ship(piece.records);
        offsets = { ...offsets, [file]: piece.end };
        await writeOffsets(this.#file, offsets);
      }
    }
  }

  /** A record that the dashboard does not take holds up no other: it is found by halves, and left out. */
  async #ship(records: readonly AuditRecord[]): Promise<void> {
    const { to, log } = this.#options;
    if (records.length === 0) return;
    if (records.length > MAX_SHIPMENT) return this.#inHalves(records);
    try {
      await to.ship(records);
    } catch (error) {
      const refused = error instanceof OpsError && (error.code === 'invalid_input' || error.code === 'too_large');
      if (!refused) throw error;
      if (records.length > 1) return this.#inHalves(records);
      log(`the dashboard does not take record ${records[0]?.id}; the file still has it`, error);
    }
  }

  async #inHalves(records: readonly AuditRecord[]): Promise<void> {
    const middle = Math.ceil(records.length / 2);
    await this.#ship(records.slice(0, middle));
    await this.#ship(records.slice(middle));
  }

  /** Two that ship at once do no harm, so a race for the mark needs no more care. */
  async #holdsLease(): Promise<boolean> {
    const { state, owner, clock } = this.#options;
    await mkdir(state, { recursive: true, mode: 0o700 });
    const found = await readFile(this.#lease, 'utf8').catch(() => undefined);
    const age = found === undefined ? LEASE : clock.now() - (await stat(this.#lease)).mtimeMs;
    if (found !== owner && Math.abs(age) < LEASE) return false;
    if (found !== owner) await writeFile(this.#lease, owner, { mode: 0o600 });
    const now = clock.now() / 1000;
    await utimes(this.#lease, now, now);
    return true;
  }
}
