import type { Status } from '../../shared/control-plane/status.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { Log } from '../../shared/kernel/log.ts';
import { readNodes, readPods } from './cluster.ts';
import { readAlerts, readApps, readTrends } from './monitoring.ts';
import type { Sources } from './sources.ts';

/** Milliseconds for one look at everything. */
const PATIENCE = 20_000;

export interface SnapshotOptions {
  readonly sources: Sources;
  /** Names this machine. */
  readonly by: string;
  readonly clock: Clock;
  readonly log: Log;
}

interface Part<T> {
  readonly at: number;
  readonly error?: string;
  readonly items: T[];
}

/** One look at the cluster. A part that cannot be read keeps what was seen before, with its age and the reason. */
export async function takeSnapshot(options: SnapshotOptions, before?: Status): Promise<Status> {
  const { sources, by, clock, log } = options;
  const { cluster, prometheus } = sources;
  const signal = AbortSignal.timeout(PATIENCE);
  const part = async <T>(name: string, old: Part<T> | undefined, read: () => Promise<T[]>): Promise<Part<T>> => {
    try {
      return { at: clock.now(), items: await read() };
    } catch (error) {
      return { at: old?.at ?? clock.now(), items: old?.items ?? [], error: told(log, name, error) };
    }
  };
  const [nodes, pods, alerts, apps, trends] = await Promise.all([
    part('nodes', before?.nodes, () => readNodes(cluster, signal)),
    part('pods', before?.pods, () => readPods(cluster, signal)),
    part('alerts', before?.alerts, () => readAlerts(sources, signal)),
    part('applications', before?.apps, () => readApps(sources, signal)),
    readTrends(prometheus, clock.now(), signal).catch(() => before?.trends ?? []),
  ]);
  return { at: clock.now(), by, nodes, pods, alerts, apps, trends };
}

/** Only our own words reach a page. */
function told(log: Log, name: string, error: unknown): string {
  if (error instanceof OpsError) return `${error.message} ${error.hint}`;
  log(`the status of ${name} could not be read`, error);
  return 'It could not be read; the log says why.';
}
