import { OpsError } from '../kernel/errors.ts';
import type { Command } from './command.ts';
import type { Workflow } from './definition.ts';
import type { EventOf } from './events.ts';
import { outputsOf } from './report.ts';
import { isEnded, type RunState } from './state.ts';
import { stepCommand } from './step-command.ts';

/** The next command of a run. Pure: the same definition, state and time always give the same. */
export function next(workflow: Workflow, state: RunState, now: number): Command {
  if (isEnded(state)) return { kind: 'none' };
  const stop = stopReason(workflow, state, now);
  if (stop !== undefined) return stopped(state, now, stop);
  if (state.status === 'waiting') {
    const onConflict = workflow.concurrency?.onConflict ?? 'queue';
    return { kind: 'admit', onConflict, ...(state.lock !== undefined && { lock: state.lock }) };
  }
  const failed = workflow.steps.find(({ id }) => state.steps[id]?.status === 'failed');
  for (const step of workflow.steps) {
    const command = stepCommand({ workflow, state, now, step, failed });
    if (command !== undefined) return command;
  }
  return conclude(workflow, state, now);
}

interface Stop {
  readonly status: EventOf<'ended'>['status'];
  readonly reason: string;
}

function stopReason(workflow: Workflow, state: RunState, now: number): Stop | undefined {
  if (state.cancel !== undefined)
    return { status: 'cancelled', reason: `cancelled by ${state.cancel.by}: ${state.cancel.reason}` };
  if (now >= state.deadline) return { status: 'timed-out', reason: 'the run took longer than its timeout' };
  if (workflow.hash === state.hash) return undefined;
  return {
    status: 'failed',
    reason: `${workflow.file} or an action that it uses has changed since the run was started`,
  };
}

/** What has begun is brought to an end first: its outcome must not be lost. */
function stopped(state: RunState, now: number, { status, reason }: Stop): Command {
  for (const [step, current] of Object.entries(state.steps)) {
    if (current.status === 'running') return { kind: 'abort-step', step, attempt: current.attempt, reason };
    const index = current.status === 'executing' ? current.actions.indexOf('started') : -1;
    if (index >= 0) return { kind: 'await-action', step, index };
  }
  return { kind: 'record', event: { type: 'ended', at: now, status, reason, outputs: state.outputs } };
}

function conclude(workflow: Workflow, state: RunState, now: number): Command {
  const failed = workflow.steps
    .map(({ id }) => [id, state.steps[id]] as const)
    .flatMap(([id, step]) => (step?.status === 'failed' ? [`step ${id} failed: ${step.reason}`] : []));
  if (failed.length === 0 && mustVerify(state)) return { kind: 'verify', changedAt: state.changedAt };
  const { verified } = state;
  const [reason = ''] =
    verified?.result === 'not-cleared' ? [...failed, `it did not help: ${verified.detail}`] : failed;
  const end = (status: EventOf<'ended'>['status'], why: string, outputs = state.outputs): Command => ({
    kind: 'record',
    event: { type: 'ended', at: now, status, reason: why, outputs },
  });
  try {
    const outputs = workflow.outputs === undefined ? state.outputs : outputsOf(workflow, state, workflow.outputs);
    return end(reason === '' ? 'succeeded' : 'failed', reason, outputs);
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    return end('failed', reason || `outputs: ${error.message}`);
  }
}

/** An alert’s run that has changed something says whether that has helped. A person sees for themselves. */
function mustVerify(state: RunState): state is RunState & { readonly changedAt: number } {
  return state.cause.kind === 'alert' && state.changedAt !== undefined && state.verified === undefined;
}
