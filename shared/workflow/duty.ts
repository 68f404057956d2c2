import type { Workflow, WorkStep } from './definition.ts';
import { next } from './engine.ts';
import type { RunState } from './state.ts';
import { mustConfirm } from './step-command.ts';

/** What a run is waiting for from agents at this moment. */
export type Duty =
  | {
      readonly kind: 'step';
      readonly step: string;
      readonly agent: string;
      /** A person confirms every change of this step. */
      readonly confirm: boolean;
      readonly tools?: readonly string[];
    }
  | {
      readonly kind: 'action';
      readonly step: string;
      readonly index: number;
      /** Of server, tool and input. */
      readonly digest: string;
      readonly approval: string;
    };

/** Undefined where no agent has anything to do for the run: for the engine it has ended, its file has changed, or it waits. */
export function dutyOf(workflow: Workflow, state: RunState, now: number): Duty | undefined {
  const command = next(workflow, state, now);
  if (command.kind === 'execute') {
    const { step, index, action, approval } = command;
    return approval === undefined ? undefined : { kind: 'action', step, index, digest: action.digest, approval };
  }
  const step = command.kind === 'await-step' ? workStep(workflow, command.step) : undefined;
  if (step === undefined) return undefined;
  return {
    kind: 'step',
    step: step.id,
    agent: step.agent,
    confirm: mustConfirm(workflow, state, step),
    ...('action' in step.ask && { tools: step.ask.action.tools }),
  };
}

function workStep(workflow: Workflow, id: string): WorkStep | undefined {
  const step = workflow.steps.find((candidate) => candidate.id === id);
  return step?.kind === 'work' ? step : undefined;
}
