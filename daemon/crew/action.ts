import { forward, type Place } from '../../shared/drive/forward.ts';
import { oneLine } from '../../shared/kernel/text.ts';
import type { Command } from '../../shared/workflow/command.ts';
import type { CrewDeps } from './deps.ts';

type Execute = Extract<Command, { kind: 'execute' }>;

/**
 * Carries out one approved call, on the server that knows it: there it is planned, decided and recorded once more.
 * Where that server refuses before it has begun, the call has failed; it is never tried by another way.
 */
export async function carryOut(deps: CrewDeps, place: Place, command: Execute, signal: AbortSignal): Promise<void> {
  const { runs, callTool, changed, tell, drive } = deps;
  const { run, workflow } = place.state;
  const { step, index, action } = command;
  const { server, tool, input } = action;
  const answer = await callTool({ run, server, tool, input }, signal);
  if (signal.aborted) return;
  const text = oneLine(answer.text, 300);
  tell({ level: answer.isError ? 'warn' : 'info', run, text: `${workflow}: ${server}.${tool}: ${text}` });
  const { command: after, state } = await forward(drive, run);
  if (state.changedAt !== place.state.changedAt) await changed(state);
  if (after.kind !== 'execute' || after.step !== step || after.index !== index) return;
  await runs.record(run, (_, at) => ({ type: 'action-started', at, step, index }));
  const message = `not begun: ${text}`;
  await runs.record(run, (_, at) => ({ type: 'action-finished', at, step, index, status: 'failed', message }));
}
