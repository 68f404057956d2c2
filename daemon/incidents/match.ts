import type { Labels, Workflow } from '../../shared/workflow/definition.ts';
import { matchesAlert } from '../../shared/workflow/triggers.ts';

/** The workflow that an alert starts: of several the one that asks for the most labels, then the first by name. */
export function workflowFor(workflows: readonly Workflow[], labels: Labels): Workflow | undefined {
  const matching = workflows.flatMap((workflow) => {
    const asked = workflow.triggers.flatMap((trigger) =>
      trigger.kind === 'alert' && matchesAlert(trigger, labels)
        ? Object.keys({ ...trigger.match, ...trigger.matchRe }).length
        : [],
    );
    return asked.length === 0 ? [] : [{ workflow, asked: Math.max(...asked) }];
  });
  const [first] = matching.toSorted((a, b) => b.asked - a.asked || (a.workflow.name < b.workflow.name ? -1 : 1));
  return first?.workflow;
}
