import { FREE_ANSWER, fieldsOf, withProposals } from './answers.ts';
import type { Known } from './definition.ts';
import type { Placed } from './flatten.ts';
import { MODELS } from './models.ts';
import { type Names, ROOTS } from './references.ts';
import type { AnswerSchema } from './schema.ts';
import type { Salvaged } from './shape.ts';
import type { Path, Source } from './source.ts';
import { triggersOf } from './triggers.ts';

/** `confirm_if: actions_proposed`, the one condition that is a name. */
export const ACTIONS_PROPOSED = 'actions_proposed';
/** The one action that the engine does itself. */
export const REPORT = 'report';
export const MODEL_NAMES = [...MODELS, 'dynamic'];
/** The input of a workflow that has no steps: what to do. */
export const TASK_INPUT = 'task';

/** A file that is being checked. */
export interface Checking {
  readonly source: Source;
  readonly known: Known;
  readonly file: Salvaged;
  readonly placed: readonly Placed[];
}

/** The schema of a step's answer as its body says it; undefined where an agent is not asked. */
export function answerOf({ body }: Placed, known: Known): AnswerSchema | undefined {
  if (body.action === REPORT || body.branches !== undefined) return undefined;
  const schema = body.output ?? (body.action === undefined ? FREE_ANSWER : known.actions.get(body.action)?.output);
  if (schema === undefined) return FREE_ANSWER;
  return body.confirm_if === ACTIONS_PROPOSED ? withProposals(schema) : schema;
}

/** What the step at `index` may name. A step that chooses has an answer once its branches are through. */
export function namesBefore({ placed, known, file }: Checking, index: number): Names {
  const guard = placed[index]?.guard?.step;
  const before = placed.slice(0, index).filter(({ id }) => id !== guard);
  return {
    roots: ROOTS,
    inputs: inputNames(file),
    steps: new Map(before.map((step) => [step.id, fields(step, placed, known)])),
    later: placed.filter((step) => !before.includes(step)).map(({ id }) => id),
    alert: triggersOf(file.trigger).some(({ kind }) => kind === 'alert'),
  };
}

function inputNames(file: Salvaged): readonly string[] {
  return [...Object.keys(file.inputs ?? {}), ...(file.steps === undefined ? [TASK_INPUT] : [])];
}

function fields(step: Placed, placed: readonly Placed[], known: Known): readonly string[] | undefined {
  const schema = answerOf(step, known);
  if (schema !== undefined) return fieldsOf(schema);
  if (step.body.action === REPORT) return undefined;
  const branches = placed.filter(({ guard }) => guard?.step === step.id).map((inner) => fields(inner, placed, known));
  return branches.some((inner) => inner === undefined) ? undefined : branches.flatMap((inner) => inner ?? []);
}

/** Whether something was cut out of the step at `path`, so that what it lacks may be what was cut. */
export function isPartial(file: Salvaged, path: Path): boolean {
  return file.partial.includes(Number(path[1]));
}
