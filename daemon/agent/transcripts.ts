import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Paths } from '../../shared/kernel/paths.ts';

/** Transcripts that are kept at most. */
const MOST = 2_000;

/** What the sessions of agents leave behind: `k8s-agent/agents/<session>.jsonl`, and a folder while one runs. */
export class Transcripts {
  readonly #folder: string;

  constructor(paths: Pick<Paths, 'state'>) {
    this.#folder = join(paths.state, 'agents');
  }

  /** The folder of a session that begins: nothing of an earlier one is in it. */
  async begin(session: string): Promise<string> {
    const folder = join(this.#folder, session);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  /** Keeps the transcript and nothing else of a session's folder. Its path; undefined where none was written. */
  async end(session: string): Promise<string | undefined> {
    const folder = join(this.#folder, session);
    const written = await writtenIn(folder, `${session}.jsonl`);
    const kept = join(this.#folder, `${session}.jsonl`);
    if (written !== undefined) {
      await rename(written, kept);
      await chmod(kept, 0o600);
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    return written && kept;
  }

  /** Deletes what was last written before this time (milliseconds since the epoch), and the oldest where there are too many. */
  async prune(before: number): Promise<void> {
    if (!existsSync(this.#folder)) return;
    const names = await readdir(this.#folder);
    const found = await Promise.all(
      names.map(async (name) => {
        const path = join(this.#folder, name);
        const { mtimeMs } = await stat(path);
        return { path, mtimeMs };
      }),
    );
    const newestFirst = found.sort((a, b) => b.mtimeMs - a.mtimeMs);
    const old = newestFirst.filter(({ mtimeMs }, index) => mtimeMs < before || index >= MOST);
    await Promise.all(old.map(({ path }) => rm(path, { recursive: true, force: true })));
  }
}

/** The client keeps it in a folder that it names after the working folder: `projects/<name>/<session>.jsonl`. */
async function writtenIn(folder: string, name: string): Promise<string | undefined> {
  const projects = join(folder, 'projects');
  const inside = await readdir(projects).catch(() => []);
  return inside.map((project) => join(projects, project, name)).find((path) => existsSync(path));
}
