import { isObject, type Json, type JsonObject } from '../kernel/json.ts';
import type { NamedAction } from './definition.ts';
import type { Placed } from './flatten.ts';
import { inputTypeProblem } from './inputs.ts';
import { isTemplate } from './liquid.ts';
import type { Checking } from './names.ts';
import { nearest, type Problem } from './problem.ts';
import { type Names, textProblems } from './references.ts';
import type { Path, Source } from './source.ts';

/** What is wrong with what a step gives its action. */
export function actionInputProblems(
  { source, known }: Checking,
  { path, body }: Placed,
  names: Names,
): readonly Problem[] {
  const { action: name, inputs } = body;
  if (name === undefined) {
    return inputs === undefined
      ? []
      : [source.problem([...path, 'inputs'], 'only an action has inputs', 'Write them into the task.', 'key')];
  }
  const given = inputs ?? {};
  const templates = textPaths(given, [...path, 'inputs']).flatMap(([at, text]) =>
    textProblems(source, at, text, names),
  );
  const action = known.actions.get(name);
  if (action === undefined) return templates;
  const missing = Object.keys(action.inputs).filter(
    (input) => action.inputs[input]?.required === true && given[input] === undefined,
  );
  const where = [...path, inputs === undefined ? 'action' : 'inputs'];
  return [
    ...templates,
    ...givenProblems(source, [...path, 'inputs'], action, given),
    ...missing.map((input) => source.problem(where, `action "${name}" needs the input "${input}"`)),
  ];
}

function givenProblems(
  source: Source,
  path: Path,
  { name, inputs }: NamedAction,
  given: JsonObject,
): readonly Problem[] {
  return Object.entries(given).flatMap(([input, value]) => {
    const type = inputs[input]?.type;
    if (type === undefined)
      return [
        source.problem(
          [...path, input],
          `action "${name}" has no input "${input}"`,
          nearest(input, Object.keys(inputs)),
          'key',
        ),
      ];
    if (typeof value === 'string' && isTemplate(value)) return [];
    const wrong = inputTypeProblem(type, value);
    return wrong === undefined ? [] : [source.problem([...path, input], `input "${input}": ${wrong}`)];
  });
}

function textPaths(value: Json, path: Path): readonly (readonly [Path, string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((item: Json, index) => textPaths(item, [...path, index]));
  return isObject(value)
    ? Object.entries(value).flatMap(([key, item]: [string, Json]) => textPaths(item, [...path, key]))
    : [];
}
