import { OpsError } from '../kernel/errors.ts';
import { isObject, type Json, type JsonObject } from '../kernel/json.ts';
import { nearest } from './problem.ts';
import type { Inputs } from './schema.ts';

type InputType = Inputs[string]['type'];

/** Why a value is not of an input's type, or undefined. */
export function inputTypeProblem(type: InputType, value: Json): string | undefined {
  const actual = value === null ? 'nothing' : Array.isArray(value) ? 'list' : isObject(value) ? 'object' : typeof value;
  return actual === type ? undefined : `expected a ${type}, not ${actual}`;
}

/** What is wrong with the inputs that were given. */
function givenProblems(inputs: Inputs, given: JsonObject): readonly string[] {
  const names = Object.keys(inputs);
  const unknown = Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) => `unknown input "${name}". ${nearest(name, names)}`);
  const wrong = Object.entries(inputs).flatMap(([name, { type, required, default: fallback }]) => {
    const value = given[name] ?? fallback ?? null;
    if (value === null) return required ? [`input "${name}" is missing`] : [];
    const problem = inputTypeProblem(type, value);
    return problem === undefined ? [] : [`input "${name}": ${problem}`];
  });
  return [...unknown, ...wrong];
}

/** Every declared input with its value; null where it has none. Throws an `OpsError` that names every problem. */
export function resolveInputs(owner: string, inputs: Inputs, given: JsonObject): JsonObject {
  const problems = givenProblems(inputs, given);
  if (problems.length > 0) {
    const told = Object.entries(inputs).map(([name, { description }]) =>
      description ? `${name} (${description})` : name,
    );
    throw new OpsError(
      'invalid_input',
      `${owner}: ${problems.join('; ').replace(/\.$/, '')}.`,
      `Inputs: ${told.join(', ') || 'none'}.`,
    );
  }
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [name, given[name] ?? input.default ?? null]),
  );
}
