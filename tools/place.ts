import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface Built {
  /** Absolute. */
  readonly path: string;
  readonly contents: Uint8Array;
}

/** As `chunkNames` in build.ts names them: what is in it, and a hash of that. */
const CHUNK = /[\w.-]+-[0-9A-Z]{8}\.js/g;
const DAY = 86_400_000;

/**
 * Puts bundles into `folder` and their chunks into `chunks` below it. Whoever starts a bundle meanwhile gets the old one
 * or the new one, whole. Chunks that no bundle has needed for a day go; what was started before may load them late.
 */
export async function place(folder: string, built: readonly Built[]): Promise<void> {
  const [chunks, now] = [join(folder, 'chunks'), new Date()];
  // A bundle that this build has not made needs its own still, and until now the others did.
  for (const name of await neededIn(folder)) await utimes(join(chunks, name), now, now);
  // A bundle that is there finds its chunks.
  const bundlesLast = built.toSorted((a, b) => Number(dirname(b.path) === chunks) - Number(dirname(a.path) === chunks));
  for (const { path, contents } of bundlesLast) await replace(path, contents);
  for (const name of await namesIn(chunks)) {
    const path = join(chunks, name);
    if ((await stat(path)).mtimeMs < now.getTime() - DAY) await rm(path);
  }
}

async function replace(path: string, contents: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, contents);
  await rename(`${path}.new`, path);
}

/** The chunks that the bundles in `folder` load, at once or late, themselves or by others. */
async function neededIn(folder: string): Promise<ReadonlySet<string>> {
  const there = new Set(await namesIn(join(folder, 'chunks')));
  const needed = new Set<string>();
  const visit = async (path: string): Promise<void> => {
    for (const [name] of (await readFile(path, 'utf8')).matchAll(CHUNK)) {
      if (!there.has(name) || needed.has(name)) continue;
      needed.add(name);
      await visit(join(folder, 'chunks', name));
    }
  };
  for (const name of await namesIn(folder)) if (name.endsWith('.js')) await visit(join(folder, name));
  return needed;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
