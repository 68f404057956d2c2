import { z } from 'zod';
import { at, isObject } from '../kernel/json.ts';
import { nearest, type Problem } from './problem.ts';
import { type StepFile, type WorkflowFile, workflowSchema } from './schema.ts';
import type { Path, Source } from './source.ts';

type Issue = z.core.$ZodIssue;

/** What is wrong with the shape of a file, one problem for each key or value. */
export function shapeProblems(source: Source, schema: z.ZodType, value: unknown = source.value): readonly Problem[] {
  const result = schema.safeParse(value);
  return result.success ? [] : result.error.issues.flatMap((issue) => problemsOf(source, issue, []));
}

function problemsOf(source: Source, issue: Issue, above: Path): readonly Problem[] {
  const path = [...above, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  const where = path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      source.problem([...path, key], `unknown key "${key}"`, nearest(key, issue.message.split(', ')), 'key'),
    );
  }
  if (issue.code === 'invalid_union') return unionProblems(source, issue, path);
  if (issue.code === 'invalid_value' && issue.values.length > 1) {
    const valid = issue.values.map(String);
    return [
      source.problem(path, `${where}: unknown value`, nearest(String(at(source.value, ...path.map(String))), valid)),
    ];
  }
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
    return [source.problem(path, `"${where}" is missing`)];
  }
  return [source.problem(path, where === '' ? plain(issue.message) : `${where}: ${plain(issue.message)}`)];
}

/** The choice that the author meant: the one whose own type fits, with the fewest problems. */
function unionProblems(
  source: Source,
  issue: Issue & { readonly code: 'invalid_union' },
  path: Path,
): readonly Problem[] {
  const fitting = issue.errors.filter(
    (errors) => !errors.some((error) => error.code === 'invalid_type' && error.path.length === 0),
  );
  const [best] = fitting.toSorted((a, b) => a.length - b.length);
  if (best !== undefined) return best.flatMap((error) => problemsOf(source, error, path));
  const kinds = issue.errors.flatMap((errors) =>
    errors.flatMap((error) => (error.code === 'invalid_type' ? error.expected : [])),
  );
  return [source.problem(path, `${path.join('.')}: expected ${[...new Set(kinds)].map(kindName).join(' or ')}`)];
}

function kindName(kind: string): string {
  return kind === 'array' ? 'a list' : kind === 'object' || kind === 'record' ? 'a map' : `a ${kind}`;
}

function plain(message: string): string {
  return message
    .replace(/^Invalid input: /, '')
    .replace(/\b(array|record|object)\b/g, (kind) => kindName(kind).slice(2));
}

/** What of a file has the right shape, so that one wrong key hides no other problem. */
export type Salvaged = { readonly [K in Exclude<keyof WorkflowFile, 'steps'>]?: WorkflowFile[K] | undefined } & {
  readonly steps: readonly (StepFile | undefined)[];
};

const { steps: stepsSchema, ...HEAD } = workflowSchema.shape;
const stepSchema = stepsSchema.unwrap().element;
const headSchema = z.object(HEAD).partial();

export function salvage(value: unknown): Salvaged {
  const kept = Object.entries(isObject(value) ? value : {}).filter(
    ([key, item]) => Object.hasOwn(HEAD, key) && headSchema.safeParse({ [key]: item }).success,
  );
  const steps = at(value, 'steps');
  const items = Array.isArray(steps) ? steps.map((item) => stepSchema.safeParse(item).data ?? nameOnly(item)) : [];
  return { ...headSchema.parse(Object.fromEntries(kept)), steps: items };
}

/** A step that is wrong somewhere is still one that others refer to. */
function nameOnly(item: unknown): StepFile | undefined {
  return stepSchema.safeParse({ name: at(item, 'name') }).data;
}
