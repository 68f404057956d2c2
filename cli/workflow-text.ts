import { join } from 'node:path';
import { OpsError } from '../shared/kernel/errors.ts';
import { neutralize, oneLine } from '../shared/kernel/text.ts';
import type { Step, Workflow, WorkStep } from '../shared/workflow/definition.ts';
import { modelFor } from '../shared/workflow/model.ts';
import { ACTIONS_PROPOSED } from '../shared/workflow/names.ts';
import type { Scope } from '../shared/workflow/template.ts';
import { triggerText } from '../shared/workflow/triggers.ts';
import { table } from './table.ts';

/** Characters of a task or a condition in a table. */
const CELL = 60;

/** The model of a step as far as `scope` tells; an expression that needs more stays as it is written. */
export function modelText(workflow: Workflow, step: WorkStep, scope: Scope): string {
  try {
    return modelFor(workflow, step, scope).model;
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    return step.model ?? workflow.model ?? '';
  }
}

/** Everything that a person wants to know before starting it. Nothing in it can move the cursor or hide a character. */
export function workflowText(workflow: Workflow, folder: string): string {
  const { name, title, description, file, triggers, inputs, autonomy, concurrency, timeoutMs, steps } = workflow;
  const facts: readonly (readonly [string, readonly string[]])[] = [
    ['file', [join(folder, file)]],
    ['starts', triggers.map(triggerText)],
    ['inputs', inputLines(inputs)],
    ['approves', autonomy.auto_approve],
    ['always asks', autonomy.always_confirm],
    [
      'one at a time',
      concurrency === undefined
        ? []
        : [`${concurrency.key} (another one ${concurrency.onConflict === 'skip' ? 'is skipped' : 'waits'})`],
    ],
    ['timeout', [durationText(timeoutMs)]],
  ];
  const heading = description ?? title;
  return neutralize(
    [
      heading === undefined ? name : `${name}: ${heading}`,
      ...facts.flatMap(([label, lines]) =>
        lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(13)} ${line}`),
      ),
      '',
      table(
        ['step', 'agent', 'model', 'does', 'only if', 'asks'],
        steps.map((step) => stepRow(workflow, step)),
      ),
    ].join('\n'),
  );
}

function inputLines(inputs: Workflow['inputs']): readonly string[] {
  return Object.entries(inputs).map(([name, { type, required, default: fallback, description }]) => {
    const need = required && fallback === undefined ? 'required' : 'optional';
    const given = fallback === undefined ? '' : `, default ${JSON.stringify(fallback)}`;
    return `${name} (${type}, ${need}${given})${description === undefined ? '' : `: ${description}`}`;
  });
}

function stepRow(workflow: Workflow, step: Step): readonly string[] {
  const { id, guard, condition } = step;
  const branch = guard === undefined ? [] : [`${guard.step} is ${guard.is}`];
  const own = condition === undefined || step.kind === 'choose' ? [] : [oneLine(condition, CELL)];
  const when = [...branch, ...own].join(' and ');
  if (step.kind === 'choose') return [id, '', '', `chooses by ${oneLine(step.condition, CELL)}`, when];
  if (step.kind === 'report') return [id, '', '', `reports ${outputNames(step.outputs)}`, when];
  return [id, step.agent, modelText(workflow, step, {}), asked(workflow, step), when, asks(step)];
}

/** Only a Markdown workflow has a title, and its whole text is the task. */
function asked({ title }: Workflow, { ask }: WorkStep): string {
  if ('action' in ask) return `action ${ask.action.name}`;
  return title === undefined ? oneLine(ask.task, CELL) : 'the text of the file';
}

function outputNames(outputs: Extract<Step, { kind: 'report' }>['outputs']): string {
  return (Array.isArray(outputs) ? outputs : Object.keys(outputs)).join(', ');
}

function asks({ confirm, confirmIf }: WorkStep): string {
  if (confirm) return 'before every change';
  if (confirmIf === undefined) return '';
  return confirmIf === ACTIONS_PROPOSED ? 'once, for what it proposes' : `before every change if ${confirmIf}`;
}

const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
];

/** As a workflow file writes it: `90m`, `2h`. */
function durationText(ms: number): string {
  const [unit, size] = UNITS.find(([, size]) => ms % size === 0) ?? ['s', 1_000];
  return `${ms / size}${unit}`;
}
