import { OpsError } from '../kernel/errors.ts';
import { isObject, type Json } from '../kernel/json.ts';
import { isExpression, isTemplate, syntaxProblem, textual, typed } from './liquid.ts';

/** What a template may name. Nothing else can be reached from it. */
export type Scope = Readonly<Record<string, Json>>;

/** Characters of what comes out of a template. */
const MAX_OUTPUT = 200_000;

/** The value of a template. Throws an `OpsError` that names what is missing. */
export function evaluate(text: string, scope: Scope): Json {
  if (!isTemplate(text)) return text;
  const whole = isExpression(text);
  try {
    const liquid = whole ? typed : textual;
    const value: unknown = liquid.renderSync(liquid.parse(whole ? text.trim() : text), scope);
    const json: Json = value === undefined ? null : JSON.parse(sized(JSON.stringify(value)));
    return json;
  } catch (error) {
    const { reason, hint } = syntaxProblem(error);
    const shown = text.length > 80 ? `${text.slice(0, 79)}…` : text;
    throw new OpsError('invalid_input', `${shown.trim()}: ${reason}.`, hint ?? 'Nothing was run with it.', {
      cause: error,
    });
  }
}

/** Evaluates every text in a value. */
export function evaluateDeep(value: Json, scope: Scope): Json {
  if (typeof value === 'string') return evaluate(value, scope);
  if (isList(value)) return value.map((item) => evaluateDeep(item, scope));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, evaluateDeep(item, scope)]));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function sized(json: string): string {
  if (json.length > MAX_OUTPUT) throw new Error(`it gives more than ${MAX_OUTPUT} characters`);
  return json;
}
