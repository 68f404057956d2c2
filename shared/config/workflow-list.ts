import type { WorkflowSummary } from '../control-plane/status.ts';
import type { Paths } from '../kernel/paths.ts';
import { oneLine } from '../kernel/text.ts';
import type { Catalog } from '../workflow/catalog.ts';
import type { Step, Workflow } from '../workflow/definition.ts';
import { triggerText } from '../workflow/triggers.ts';
import { installedWorkflows } from './workflows.ts';

/** The installed workflows as the dashboard lists them, by name. */
export async function workflowSummaries(paths: Paths): Promise<readonly WorkflowSummary[]> {
  return summariesOf(await installedWorkflows(paths));
}

/** `nextRunAt` says when a schedule starts one; only a daemon knows. */
export function summariesOf(
  { workflows }: Pick<Catalog, 'workflows'>,
  nextRunAt: (workflow: Workflow) => number | undefined = () => undefined,
): readonly WorkflowSummary[] {
  const summaries = [...workflows.values()].map((workflow) => {
    const at = nextRunAt(workflow);
    return { ...summaryOf(workflow), ...(at !== undefined && { nextRunAt: at }) };
  });
  return summaries.sort((a, b) => a.name.localeCompare(b.name));
}

function summaryOf({ name, title, description, file, triggers, inputs, steps, autonomy }: Workflow): WorkflowSummary {
  return {
    name,
    description: description ?? title ?? '',
    file,
    triggers: triggers.map(triggerText),
    inputs: Object.entries(inputs).map(([input, { description: what = '', required }]) => ({
      name: input,
      description: what,
      required,
    })),
    steps: steps.map((step) => ({
      name: step.id,
      what: whatOf(step),
      ...(step.kind === 'work' && { agent: step.agent }),
    })),
    autoApprove: [...autonomy.auto_approve],
  };
}

function whatOf(step: Step): string {
  if (step.kind === 'report') return 'report';
  if (step.kind === 'choose') return `chooses by ${step.condition}`;
  return 'task' in step.ask ? oneLine(step.ask.task, 200) : step.ask.action.name;
}
