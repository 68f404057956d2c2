import { oneLine } from '../../shared/kernel/text.ts';
import type { Step, Workflow } from '../../shared/workflow/definition.ts';

/** A workflow for somebody who has to choose it, or to allow that it starts. */
export function describeWorkflow(workflow: Workflow): string {
  const { name, description, title, file, inputs, steps } = workflow;
  return [
    `${name} (${file})${(description ?? title) ? `: ${oneLine(description ?? title ?? '', 300)}` : ''}`,
    ...Object.entries(inputs).map(
      ([input, { required, description: what }]) => `input ${input}${required ? ' (required)' : ''}: ${what ?? ''}`,
    ),
    ...steps.map((step) => `step ${step.id}: ${stepLine(step)}`),
    ...autonomyLines(workflow),
  ].join('\n');
}

function autonomyLines({ autonomy }: Workflow): readonly string[] {
  const { auto_approve, always_confirm } = autonomy;
  return [
    ...(auto_approve.length > 0 ? [`runs without asking a person: ${auto_approve.join(', ')}`] : []),
    ...(always_confirm.length > 0 ? [`always asks a person: ${always_confirm.join(', ')}`] : []),
  ];
}

function stepLine(step: Step): string {
  const guard = step.guard === undefined ? '' : ` [if ${step.guard.step} is ${step.guard.is}]`;
  const condition = step.condition === undefined ? '' : ` when ${step.condition}`;
  if (step.kind === 'choose') return `chooses a branch by ${step.condition}${guard}`;
  if (step.kind === 'report') return `report${guard}${condition}`;
  const what = 'task' in step.ask ? oneLine(step.ask.task, 120) : step.ask.action.name;
  const asks = step.confirm ? ', every change is confirmed' : step.confirmIf ? `, confirm if ${step.confirmIf}` : '';
  return `${step.agent}: ${what}${asks}${guard}${condition}`;
}
