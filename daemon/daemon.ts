import type { DaemonView } from './view.ts';

/** Everything that works by itself on this machine. */
export interface Daemon {
  /**
   * Until `signal` is aborted; it then lets running steps come to their end for as long as `daemon.drain` says, and
   * leaves the rest to whoever comes after it.
   */
  run(signal: AbortSignal): Promise<void>;
  view(): Promise<DaemonView>;
}
