import { closeSync, fdatasync, fdatasyncSync, fstatSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Clock, iso } from '../kernel/clock.ts';
import { digest } from '../kernel/digest.ts';
import { messageOf, OpsError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { type AuditEntry, type AuditRecord, CHAIN_START } from './record.ts';

const datasync = promisify(fdatasync);

export interface AuditLogOptions {
  readonly folder: string;
  /** Names this process in the log: `kubectl-4711-x7k2`. */
  readonly writer: string;
  readonly clock: Clock;
  /** false leaves out fdatasync: for the benchmark that shows what it costs. */
  readonly sync?: boolean;
}

/** The file is the truth: an entry is on disk when `append` resolves, or it throws. */
export class AuditLog {
  readonly writer: string;
  readonly #options: AuditLogOptions;
  #file: { readonly day: string; readonly fd: number } | undefined;
  #seq = 0;
  #prev = CHAIN_START;
  /** A short write has left half a line, so the next one starts on its own line. */
  #torn = false;
  #syncing: Promise<void> = Promise.resolve();
  #queued: Promise<void> | undefined;

  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.writer = options.writer;
  }

  async append(entry: AuditEntry): Promise<AuditRecord> {
    try {
      const record = this.#write(entry);
      if (this.#options.sync !== false) await this.#sync();
      return record;
    } catch (error) {
      throw new OpsError(
        'audit_unavailable',
        `The audit log in ${this.#options.folder} cannot be written: ${messageOf(error)}.`,
        'Free space or fix the permissions of that folder. Nothing is changed without a record.',
        { cause: error },
      );
    }
  }

  close(): void {
    const fd = this.#file?.fd;
    if (fd === undefined) return;
    this.#file = undefined;
    fdatasyncSync(fd);
    // A sync that is under way still holds the descriptor.
    void this.#syncing.catch(() => undefined).then(() => closeSync(fd));
  }

  #write(entry: AuditEntry): AuditRecord {
    const at = iso(this.#options.clock.now());
    const fd = this.#open(at.slice(0, 10));
    const unsigned = { id: newId('au'), at, ...entry, writer: this.writer, seq: this.#seq + 1, prev: this.#prev };
    const record: AuditRecord = { ...unsigned, hash: digest(unsigned) };
    const line = Buffer.from(`${this.#torn ? '\n' : ''}${JSON.stringify(record)}\n`);
    const written = writeSync(fd, line);
    this.#torn = written !== line.length;
    if (this.#torn) throw new Error(`only ${written} of ${line.length} bytes were written (disk full?)`);
    this.#seq = record.seq;
    this.#prev = record.hash;
    return record;
  }

  #open(day: string): number {
    // A file that somebody has deleted would take lines that nobody can read.
    if (this.#file?.day === day && fstatSync(this.#file.fd).nlink > 0) return this.#file.fd;
    this.close();
    mkdirSync(this.#options.folder, { recursive: true, mode: 0o700 });
    const fd = openSync(join(this.#options.folder, `${day}-actions.jsonl`), 'a', 0o600);
    this.#file = { day, fd };
    return fd;
  }

  /** One fdatasync serves every line written before it starts, so that parallel calls share its cost. */
  #sync(): Promise<void> {
    const run = async () => {
      await this.#syncing.catch(() => undefined);
      this.#queued = undefined;
      this.#syncing = this.#file === undefined ? Promise.resolve() : datasync(this.#file.fd);
      await this.#syncing;
    };
    this.#queued ??= run();
    return this.#queued;
  }
}
