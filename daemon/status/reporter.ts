import type { Board } from '../../shared/control-plane/ports.ts';
import { isLed, type Status } from '../../shared/control-plane/status.ts';
import { rounds } from '../../shared/kernel/rounds.ts';
import { type SnapshotOptions, takeSnapshot } from './snapshot.ts';

/** Milliseconds between two looks at the cluster. */
const PAUSE = 60_000;

/**
 * Publishes a status every minute, until it is told to stop; while a daemon leads, it does that better, and the cluster
 * is looked at once. It keeps no process alive.
 */
export async function reportStatus(
  options: SnapshotOptions & { readonly board: Pick<Board, 'status' | 'publishStatus'> },
  signal: AbortSignal,
): Promise<void> {
  const { board, log, clock } = options;
  // What a process before this one has seen is still worth something, with its age.
  let last: Status | undefined = await board.status().catch(() => undefined);
  const round = async () => {
    try {
      if (isLed(await board.status(), clock.now())) return PAUSE;
      last = await takeSnapshot(options, last);
      await board.publishStatus(last);
    } catch (error) {
      log('the status could not be published', error);
    }
    return PAUSE;
  };
  return rounds(round, signal);
}
