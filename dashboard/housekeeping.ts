import type { ControlPlane } from '../shared/control-plane/ports.ts';
import type { Clock } from '../shared/kernel/clock.ts';
import type { Log } from '../shared/kernel/log.ts';

const HOUR = 3_600_000;

/** Forgets what has expired, and history that is older than it has to be. Returns how many entries that were. */
export async function prune({ actions, inbox, documents, past }: ControlPlane, now: number, retention?: number) {
  const expired = await documents.prune(now);
  if (retention === undefined) return expired;
  const before = now - retention;
  const counts = [await actions.prune(before), await inbox.prune(before), await past.prune(before)];
  return counts.reduce((sum, count) => sum + count, expired);
}

/** Every hour, and a minute after the start: a pod that is restarted daily prunes, too. Returns how to stop. */
export function keepHouse(controlPlane: ControlPlane, clock: Clock, log: Log, retention?: number): () => void {
  const run = () => {
    prune(controlPlane, clock.now(), retention).catch((error: unknown) =>
      log('old history cannot be forgotten', error),
    );
  };
  const first = setTimeout(run, 60_000).unref();
  const each = setInterval(run, HOUR).unref();
  return () => {
    clearTimeout(first);
    clearInterval(each);
  };
}
