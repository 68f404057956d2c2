import { statfs } from 'node:fs/promises';
import { messageOf } from '../../shared/kernel/errors.ts';
import type { Runs } from '../../shared/workflow/runs.ts';
import { DISK, diskFull, unreachable, unreachableId } from './problem.ts';
import type { Problems } from './problems.ts';

/** Bytes below which the disk counts as full; twice that, and it is well again. A day of a busy daemon takes a tenth. */
const LEAST = 100 * 2 ** 20;

const DASHBOARD = 'the dashboard';

export interface MachineWatchOptions {
  readonly problems: Problems;
  readonly runs: Pick<Runs, 'list'>;
  /** Whether what daemons share is at a dashboard on another machine. */
  readonly isRemote: boolean;
  /** Of the disk that this machine's state lies on. */
  readonly freeBytes: () => Promise<number>;
}

/** Sees what can go wrong with this machine alone. */
export async function watchMachine({ problems, runs, isRemote, freeBytes }: MachineWatchOptions): Promise<void> {
  const free = await freeBytes();
  if (free < LEAST) await problems.begin(diskFull(free));
  else if (free > 2 * LEAST) await problems.end(DISK);
  if (!isRemote) return;
  try {
    await runs.list({ limit: 1 });
    await problems.end(unreachableId(DASHBOARD));
  } catch (error) {
    await problems.begin(unreachable(DASHBOARD, messageOf(error)));
  }
}

/** Bytes that this user may still write below `folder`. */
export async function freeBytesAt(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
