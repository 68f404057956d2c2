import type { Clock } from '../../shared/kernel/clock.ts';
import type { DaemonStores } from '../stores.ts';
import { breakerStateSchema } from './breaker.ts';
import { Breakers } from './breakers.ts';
import { historyOf } from './history.ts';

/** The breakers that all daemons share. */
export function openBreakers(
  { records, runStore, actions }: Pick<DaemonStores, 'records' | 'runStore' | 'actions'>,
  clock: Clock,
): Breakers {
  return new Breakers({
    states: records('breakers', breakerStateSchema),
    clock,
    history: (workflow, now) => historyOf(workflow, now, { runs: runStore, actions }),
  });
}
