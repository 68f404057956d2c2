import type { Json, JsonObject } from '../kernel/json.ts';
import type { Outputs, Workflow } from './definition.ts';
import { answersOf, scopeOf } from './scope.ts';
import type { RunState } from './state.ts';
import { evaluate } from './template.ts';

/** The outputs of a report or of a workflow: templates, or names that are collected from the answers. */
export function outputsOf(workflow: Workflow, state: RunState, outputs: Outputs): JsonObject {
  if (!isList(outputs)) {
    const scope = scopeOf(workflow, state);
    return Object.fromEntries(Object.entries(outputs).map(([name, text]) => [name, evaluate(text, scope)]));
  }
  return Object.fromEntries(outputs.map((name) => [name, collected(workflow, state, name)]));
}

function isList(outputs: Outputs): outputs is readonly string[] {
  return Array.isArray(outputs);
}

function collected(workflow: Workflow, state: RunState, name: string): Json {
  if (name === 'summary') return summaryOf(workflow, state);
  if (name === 'actions-taken') return actionsTaken(workflow, state);
  const [, answer] = answersOf(workflow, state).findLast(([, candidate]) => Object.hasOwn(candidate, name)) ?? [];
  return answer?.[name] ?? null;
}

/** One line a step: what it found, or what became of it. */
function summaryOf(workflow: Workflow, state: RunState): string {
  return workflow.steps
    .filter(({ kind }) => kind !== 'report')
    .map(({ id }) => `${id}: ${lineOf(state, id)}`)
    .join('\n');
}

function lineOf(state: RunState, id: string): string {
  const step = state.steps[id];
  switch (step?.status) {
    case 'done':
      return [typeof step.answer.summary === 'string' ? step.answer.summary : 'done', step.note]
        .filter(Boolean)
        .join('; ');
    case 'chosen':
      return step.value ? 'yes' : 'no';
    case 'failed':
    case 'unknown':
    case 'skipped':
      return `${step.status}: ${step.reason}`;
    default:
      return step?.status ?? 'pending';
  }
}

/** What the agents say that they have changed, and every proposed action that ran. */
function actionsTaken(workflow: Workflow, state: RunState): readonly Json[] {
  return workflow.steps.flatMap(({ id }): readonly Json[] => {
    const step = state.steps[id];
    if (step === undefined || !('actionsTaken' in step)) return [];
    const said = step.status === 'done' ? step.answer['actions-taken'] : undefined;
    return [...(Array.isArray(said) ? said : []), ...step.actionsTaken];
  });
}
