import { outputsProblems } from './check-head.ts';
import { workProblems } from './check-work.ts';
import type { Placed } from './flatten.ts';
import { type Checking, isPartial, namesBefore, REPORT } from './names.ts';
import type { Problem } from './problem.ts';
import { expressionProblems, type Names } from './references.ts';
import type { StepFile } from './schema.ts';

/** Keys that belong to the steps of a branch, or to nobody where the engine does the step. */
const AGENT_KEYS = [
  'agent',
  'model',
  'complexity',
  'task',
  'action',
  'inputs',
  'confirm',
  'confirm_if',
  'retry',
  'timeout',
  'output',
  'outputs',
] as const;

/** What is wrong with one step. */
export function stepProblems(check: Checking, index: number): readonly Problem[] {
  const { source, placed } = check;
  const step = placed[index];
  if (step === undefined) return [];
  const { body } = step;
  const names = namesBefore(check, index);
  const { id, path } = step;
  const twice = placed.findIndex((other) => other.id === id) < index;
  const condition =
    body.condition === undefined ? [] : expressionProblems(source, [...path, 'condition'], body.condition, names);
  return [
    ...(twice ? [source.problem([...path, 'name'], `there are two steps "${id}"`)] : []),
    ...condition,
    ...(body.branches !== undefined
      ? choosing(check, step, body)
      : body.action === REPORT
        ? reporting(check, step, body, names)
        : workProblems(check, step, names)),
  ];
}

function choosing({ source, file }: Checking, { id, path }: Placed, body: StepFile): readonly Problem[] {
  const misplaced = AGENT_KEYS.filter((key) => body[key] !== undefined).map((key) =>
    source.problem(
      [...path, key],
      `step "${id}" has branches, and "${key}" beside them`,
      `Move "${key}" into a branch.`,
      'key',
    ),
  );
  const problems = [...misplaced];
  if (body.condition === undefined)
    problems.push(
      source.problem(
        [...path, 'branches'],
        `step "${id}" has branches and no condition`,
        'Write condition: "{{ … }}".',
        'key',
      ),
    );
  if (body.branches?.true === undefined && body.branches?.false === undefined && !isPartial(file, path))
    problems.push(source.problem([...path, 'branches'], `step "${id}" has no branch`, 'Valid: true, false.', 'key'));
  return problems;
}

function reporting(check: Checking, { id, path }: Placed, body: StepFile, names: Names): readonly Problem[] {
  const misplaced = AGENT_KEYS.filter((key) => key !== 'action' && key !== 'outputs' && body[key] !== undefined);
  return [
    ...misplaced.map((key) =>
      check.source.problem(
        [...path, key],
        `step "${id}" is a report, which the engine writes; "${key}" means nothing there`,
        'Leave it out.',
        'key',
      ),
    ),
    ...outputsProblems(check, [...path, 'outputs'], body.outputs, names),
  ];
}
