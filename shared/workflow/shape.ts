import type { z } from 'zod';
import { at, isObject } from '../kernel/json.ts';
import { nearest, type Problem } from './problem.ts';
import { type WorkflowFile, workflowSchema } from './schema.ts';
import type { Path, Source } from './source.ts';

type Issue = z.core.$ZodIssue;

/** What is wrong with the shape of a file, one problem for each key or value. */
export function shapeProblems(source: Source, schema: z.ZodType, value: unknown = source.value): readonly Problem[] {
  const result = schema.safeParse(value, { reportInput: true });
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
    const told = String(issue.input);
    return [source.problem(path, `${where}: unknown value "${told}"`, nearest(told, valid))];
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
  const [, expected, received] = /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? [];
  if (expected === undefined || received === undefined) return message;
  return `expected ${kindName(expected)}, not ${kindName(received)}`;
}

/** What of a file has the right shape, so that one wrong key hides no other problem. */
export type Salvaged = { readonly [K in keyof WorkflowFile]?: WorkflowFile[K] | undefined } & {
  /** Steps of which something was cut out: what they lack may be what was cut. */
  readonly partial: readonly number[];
};

const lenient = workflowSchema.partial();

/** How often something is cut out: each cut may show the next wrong place. */
const CUTS = 20;

/** Cuts out what is wrong until the rest has the right shape. */
export function salvage(value: unknown): Salvaged {
  const rest: unknown = structuredClone(value);
  const partial: number[] = [];
  for (let cut = 0; cut < CUTS; cut += 1) {
    const { success, data, error } = lenient.safeParse(rest);
    if (success) return { ...data, partial };
    for (const issue of error.issues) {
      const [root, index] = issue.path;
      if (root === 'steps' && typeof index === 'number') partial.push(index);
      const keys = issue.code === 'unrecognized_keys' ? issue.keys : [issue.path.at(-1)];
      const holder = issue.code === 'unrecognized_keys' ? issue.path : issue.path.slice(0, -1);
      for (const key of keys) remove(rest, holder, key);
    }
  }
  return { partial };
}

function remove(value: unknown, path: readonly PropertyKey[], key: PropertyKey | undefined): void {
  let holder = value;
  for (const part of path) {
    const next: unknown = Array.isArray(holder) ? holder[Number(part)] : at(holder, String(part));
    holder = next;
  }
  if (Array.isArray(holder)) holder[Number(key)] = {};
  else if (isObject(holder) && Object.hasOwn(holder, String(key))) delete holder[String(key)];
  // What is missing cannot be cut out: what misses it goes.
  else if (path.length > 0) remove(value, path.slice(0, -1), path.at(-1));
}
