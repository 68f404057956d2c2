import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../kernel/errors.ts';

/** Ids become names of files, so they are checked and never trusted. */
const ID = /^[\w-]{1,128}$/;

/** The runs that a session of Claude Code works on: one empty file each, so that a server needs no database to see none. */
export class Sessions {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** False where the ids cannot be kept: then the session’s calls belong to no run. */
  bind(session: string | undefined, run: string): boolean {
    if (session === undefined || !ID.test(session) || !ID.test(run)) return false;
    for (const other of entries(this.#folder)) rmSync(join(this.#folder, other, run), { force: true });
    mkdirSync(join(this.#folder, session), { recursive: true, mode: 0o700 });
    writeFileSync(join(this.#folder, session, run), '', { mode: 0o600 });
    return true;
  }

  runsOf(session: string | undefined): readonly string[] {
    return session !== undefined && ID.test(session)
      ? entries(join(this.#folder, session)).filter((run) => ID.test(run))
      : [];
  }

  /** The session that works on a run. */
  of(run: string): string | undefined {
    return entries(this.#folder).find((session) => this.runsOf(session).includes(run));
  }

  release(run: string): void {
    const session = this.of(run);
    if (session !== undefined) rmSync(join(this.#folder, session, run), { force: true });
    // An empty folder of a session stays out of nobody's way; the next release takes it.
    for (const left of entries(this.#folder)) {
      if (entries(join(this.#folder, left)).length === 0)
        rmSync(join(this.#folder, left), { recursive: true, force: true });
    }
  }
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}
