import type { Place } from '../../shared/drive/forward.ts';
import type { CrewDeps } from './deps.ts';
import { whileWanted } from './unwanted.ts';

/** Looks whether what a run has changed has helped, for as long as the run wants to know, and records it. */
export async function seeWhetherItHelped(
  deps: CrewDeps,
  place: Place,
  changedAt: number,
  signal: AbortSignal,
): Promise<void> {
  const { runs, verify, tell } = deps;
  const { run, workflow, cause } = place.state;
  const { alert } = cause;
  const verified =
    alert === undefined
      ? ({ result: 'not-cleared', detail: 'the run names no alert that could be looked at' } as const)
      : await whileWanted(deps, place, signal, (wanted) =>
          verify({ alert, changedAt, resolved: async () => (await runs.get(run)).resolved === true }, wanted),
        );
  if (verified === undefined) return;
  await runs.record(run, (_, at) => ({ type: 'verified', at, ...verified }));
  const level = verified.result === 'cleared' ? 'info' : 'bad';
  tell({ level, run, text: `${workflow}: ${verified.result}: ${verified.detail}` });
}
