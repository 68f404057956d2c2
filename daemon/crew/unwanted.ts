import type { Place } from '../../shared/drive/forward.ts';
import type { Command } from '../../shared/workflow/command.ts';
import { next } from '../../shared/workflow/engine.ts';
import type { CrewDeps } from './deps.ts';

/** Milliseconds between looks whether a run still wants what is done for it. */
const LOOK = 2_000;

/**
 * Does `work` for the present command of a run, and stops it when the run wants it no longer: it was cancelled, its time
 * is over, or its alerts have resolved.
 */
export async function whileWanted<T>(
  deps: CrewDeps,
  place: Place,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const unwanted = new AbortController();
  const done = new AbortController();
  const watching = watch(deps, place, unwanted, AbortSignal.any([signal, done.signal]));
  try {
    return await work(AbortSignal.any([signal, unwanted.signal]));
  } finally {
    done.abort();
    await watching;
  }
}

async function watch(
  { runs, drive, clock, sleep }: CrewDeps,
  { workflow, state: { run }, command }: Place,
  unwanted: AbortController,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    await sleep(LOOK, stop);
    if (stop.aborted) return;
    try {
      const current = (await drive.catalog()).workflows.get(workflow.name) ?? workflow;
      const now = next(current, await runs.get(run), clock.now());
      if (isSame(now, command)) continue;
      unwanted.abort(new Error(`run ${run} wants it no longer`));
      return;
    } catch {
      // Whoever drives the run finds out, too, and says so.
    }
  }
}

/** Another attempt of a step is another daemon’s. */
function isSame(now: Command, before: Command): boolean {
  if (now.kind !== 'await-step' || before.kind !== 'await-step') return now.kind === before.kind;
  return now.step === before.step && now.attempt === before.attempt;
}
