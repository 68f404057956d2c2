import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { Paths } from '../../shared/kernel/paths.ts';

/** Sets the time of the file whose age says whether a daemon lives: probes in a cluster look at it. */
export async function touchAlive({ state }: Paths, clock: Clock): Promise<void> {
  const file = join(state, 'daemon.alive');
  const seconds = clock.now() / 1_000;
  await writeFile(file, '', { mode: 0o600 });
  await utimes(file, seconds, seconds);
}
