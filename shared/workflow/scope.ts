import { iso } from '../kernel/clock.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import { complete } from './answers.ts';
import type { Step, Workflow } from './definition.ts';
import type { RunState } from './state.ts';
import type { Scope } from './template.ts';

/** What the templates of a run may name: its inputs, the alert, itself, and the answers of the steps that are through. */
export function scopeOf(workflow: Workflow, state: RunState): Scope {
  const { run, cause, createdAt, inputs } = state;
  return {
    inputs,
    alert: cause.alert ?? null,
    run: { id: run, workflow: workflow.name, trigger: cause.kind, started: iso(createdAt) },
    steps: Object.fromEntries(workflow.steps.map((step) => [step.id, answerFor(workflow, step, state)])),
  };
}

/** Null where a step has no answer, or has none yet: what may be asked for was checked when the file was read. */
function answerFor(workflow: Workflow, step: Step, state: RunState): Json {
  const found = state.steps[step.id];
  if (step.kind === 'choose') return branchAnswer(workflow, step.id, state);
  if (found?.status !== 'done') return null;
  return step.kind === 'work' ? complete(step.answer, found.answer) : found.answer;
}

/** The answer of the last step of the branch that was taken. */
function branchAnswer(workflow: Workflow, id: string, state: RunState): Json {
  const inner = workflow.steps.filter(({ guard }) => guard?.step === id);
  const answered = inner.filter((step) => state.steps[step.id]?.status === 'done').at(-1);
  if (answered === undefined) return null;
  return answerFor(workflow, answered, state);
}

/** The answers so far, for prompts and reports. */
export function answersOf(workflow: Workflow, state: RunState): readonly (readonly [id: string, answer: JsonObject])[] {
  return workflow.steps.flatMap(({ id, kind }) => {
    const step = state.steps[id];
    return kind === 'work' && step?.status === 'done' ? [[id, step.answer] as const] : [];
  });
}
