import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { writePrivate } from './files.ts';

const record = z.object({
  pid: z.int().positive(),
  started: z.string(),
  /** What was run, to see whether a newer checkout or another port wants something else. */
  command: z.array(z.string()),
  /** Its place in the order of starting: the last one in is the first one out. */
  order: z.int(),
});

/** What the lab remembers of a process that it started. */
export type ProcessRecord = z.infer<typeof record>;

export class Records {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** The record of a component; undefined when there is none, or one that nobody can read. */
  async get(name: string): Promise<ProcessRecord | undefined> {
    const text = await readFile(this.#file(name), 'utf8').catch(() => '');
    return parse(text);
  }

  put(name: string, value: ProcessRecord): Promise<void> {
    return writePrivate(this.#file(name), `${JSON.stringify(value)}\n`);
  }

  async drop(name: string): Promise<void> {
    await rm(this.#file(name), { force: true });
  }

  /** All names, the last started first. */
  async names(): Promise<string[]> {
    const files = await readdir(this.#dir).catch(() => []);
    const names = files.filter((file) => file.endsWith('.json')).map((file) => basename(file, '.json'));
    const orders = await Promise.all(names.map(async (name) => ({ name, order: (await this.get(name))?.order ?? 0 })));
    return orders.sort((a, b) => b.order - a.order).map(({ name }) => name);
  }

  #file(name: string): string {
    return join(this.#dir, `${name}.json`);
  }
}

function parse(text: string): ProcessRecord | undefined {
  try {
    return record.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
