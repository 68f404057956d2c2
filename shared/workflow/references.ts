import { isExpression, isTemplate } from './liquid.ts';
import { nearest, type Problem } from './problem.ts';
import type { Path, Source } from './source.ts';
import { analyse, type Reference } from './template-check.ts';

/** What a text may name at its place in the file. */
export interface Names {
  readonly inputs: readonly string[];
  /** Steps that come before, with the fields of their answers; undefined where an answer may have any. */
  readonly steps: ReadonlyMap<string, readonly string[] | undefined>;
  readonly later: readonly string[];
  /** Whether an alert can start it. */
  readonly alert: boolean;
  readonly roots: readonly string[];
}

export const ROOTS = ['inputs', 'steps', 'alert', 'run'];
const RUN = ['id', 'workflow', 'trigger', 'started'];
const ALERT = ['labels', 'annotations', 'status', 'startsAt', 'endsAt', 'generatorURL', 'fingerprint'];

/** What is wrong with a text: as a template, and with each name in it. */
export function textProblems(source: Source, path: Path, text: string, names: Names): readonly Problem[] {
  if (!isTemplate(text)) return [];
  const { problems, references } = analyse(text);
  return [
    ...problems.map(({ row, column, reason, hint }) => source.inside(path, row, column, reason, hint)),
    ...references.flatMap((reference) => referenceProblems(source, path, reference, names)),
  ];
}

/** The same for a text that has to be one expression. */
export function expressionProblems(source: Source, path: Path, text: string, names: Names): readonly Problem[] {
  if (isExpression(text)) return textProblems(source, path, text, names);
  const found = textProblems(source, path, text, names);
  if (found.length > 0) return found;
  return [
    source.problem(
      path,
      `"${text}" is no expression`,
      `Write "{{ … }}", for example "{{ steps.diagnose.cause == 'oom' }}".`,
    ),
  ];
}

function referenceProblems(
  source: Source,
  path: Path,
  { path: parts, row, column }: Reference,
  names: Names,
): readonly Problem[] {
  const [root, name, field] = parts;
  const bad = (reason: string, hint?: string) => [source.inside(path, row, column, reason, hint)];
  if (typeof root !== 'string' || !names.roots.includes(root))
    return bad(`unknown name "${String(root)}"`, nearest(String(root), names.roots));
  if (name === undefined)
    return parts.length > 1 ? bad(`${root}[…]: the name is computed`, 'Write it out, so that it can be checked.') : [];
  const wrong = wrongName(root, String(name), names);
  if (wrong !== undefined) return bad(...wrong);
  const fields = root === 'steps' ? names.steps.get(String(name)) : undefined;
  if (field === undefined || fields === undefined || fields.includes(String(field))) return [];
  return bad(`step "${name}" answers no "${field}"`, nearest(String(field), fields));
}

function wrongName(root: string, name: string, names: Names): readonly [reason: string, hint?: string] | undefined {
  if (root === 'inputs')
    return names.inputs.includes(name) ? undefined : [`unknown input "${name}"`, nearest(name, names.inputs)];
  if (root === 'run') return RUN.includes(name) ? undefined : [`unknown name "run.${name}"`, nearest(name, RUN)];
  if (root === 'alert') {
    if (!names.alert) return ['no alert starts this workflow', 'Add a trigger of type alert, or use inputs.'];
    return ALERT.includes(name) ? undefined : [`unknown name "alert.${name}"`, nearest(name, ALERT)];
  }
  if (names.steps.has(name)) return undefined;
  if (names.later.includes(name)) return [`step "${name}" comes later`, 'Only steps above this one have an answer.'];
  return [`unknown step "${name}"`, nearest(name, [...names.steps.keys()])];
}
