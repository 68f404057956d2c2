import { open, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { AuditRecord } from '../../audit/record.ts';
import { errnoOf } from '../../kernel/errors.ts';
import { parseJson } from '../../kernel/json.ts';
import { auditRecordSchema } from '../schemas.ts';

const NAME = /^\d{4}-\d{2}-\d{2}-actions\.jsonl$/;

/** Bytes read at once; a line that is longer is read in a larger piece. */
const PIECE = 512 * 1024;

const NEWLINE = 0x0a;

/** How many bytes of each file have arrived. */
export type Offsets = Readonly<Record<string, number>>;

const offsetsSchema = z.record(z.string(), z.int().min(0));

export interface Piece {
  readonly file: string;
  readonly records: readonly AuditRecord[];
  /** Where the next piece of this file begins. */
  readonly end: number;
}

/** Oldest first; none where nothing was ever logged. */
export async function logFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => NAME.test(name)).sort();
}

/**
 * The whole lines from `offset` on; undefined where there are none yet. A line without its end may still be written.
 * What is no record was torn or edited: `k8s-agent audit verify` says so, and it is not shipped.
 */
export async function nextPiece(folder: string, file: string, offset: number): Promise<Piece | undefined> {
  const { size } = await stat(join(folder, file));
  // Shorter than before: it is another file, and what of it is known already is not added again.
  const from = offset > size ? 0 : offset;
  for (let length = PIECE; from < size; length *= 2) {
    const bytes = await read(join(folder, file), from, length);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > 0) return { file, records: recordsIn(bytes.toString('utf8', 0, end)), end: from + end };
    if (bytes.length < length) return undefined;
  }
  return undefined;
}

/** What was written down last; everything from the start where that cannot be read, since nothing is added twice. */
export async function readOffsets(file: string): Promise<Offsets> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return offsetsSchema.safeParse(parseJson(text)).data ?? {};
}

/** Whole or not at all: killed in between, the old ones stand. */
export async function writeOffsets(file: string, offsets: Offsets): Promise<void> {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, JSON.stringify(offsets), { mode: 0o600, flush: true });
  await rename(draft, file);
}

async function read(file: string, from: number, length: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function recordsIn(text: string): AuditRecord[] {
  return text.split('\n').flatMap((line) => {
    const record = auditRecordSchema.safeParse(parseJson(line));
    return record.success ? [record.data] : [];
  });
}
