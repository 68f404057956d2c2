import { OpsError } from '../kernel/errors.ts';
import type { Workflow, WorkStep } from './definition.ts';
import { MODEL_FOR, type Model, modelSchema } from './models.ts';
import { MODEL_NAMES } from './names.ts';
import { nearest } from './problem.ts';
import { evaluate, type Scope } from './template.ts';

/** The model of a step, and whether the orchestrator may take another one for the task's complexity. */
export interface ModelChoice {
  readonly model: Model;
  readonly free: boolean;
}

/** The step's model, then the workflow's, then the one for the task's complexity, then the agent's own. */
export function modelFor(workflow: Workflow, step: WorkStep, scope: Scope): ModelChoice {
  const named = evaluate(step.model ?? workflow.model ?? 'dynamic', scope);
  const { data } = modelSchema.safeParse(named);
  if (data !== undefined) return { model: data, free: false };
  if (named !== 'dynamic')
    throw new OpsError('invalid_input', `"${String(named)}" is no model.`, nearest(String(named), MODEL_NAMES));
  if (step.complexity !== undefined) return { model: MODEL_FOR[step.complexity], free: false };
  return { model: workflow.agentModels[step.agent] ?? 'sonnet', free: true };
}
