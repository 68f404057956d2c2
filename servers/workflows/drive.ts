import type { Effects } from '../../shared/audit/effects.ts';
import { changedBy, forward, type Place } from '../../shared/drive/forward.ts';
import { isEnded } from '../../shared/workflow/state.ts';
import type { WorkflowsDeps } from './deps.ts';

/** Where a chat has to do something for a run. */
export interface Standing extends Place {
  /** What the step that is running has changed until now. */
  readonly changed?: Effects;
}

/** Brings a run as far as it comes by itself. What an agent is asked to do next counts as started from here on. */
export async function drive(deps: WorkflowsDeps, run: string): Promise<Standing> {
  for (;;) {
    const place = await forward(deps, run);
    const { command, state } = place;
    if (isEnded(state)) deps.sessions.release(run);
    if (command.kind === 'await-step') return { ...place, changed: await changedBy(deps, place, command.step) };
    if (command.kind !== 'run-step') return place;
    const { step, attempt, timeoutMs } = command.request;
    const begin = (_: unknown, at: number) =>
      ({ type: 'step-started', at, step, attempt, deadline: at + timeoutMs }) as const;
    await (await deps.runs()).record(run, begin);
  }
}
