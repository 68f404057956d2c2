import type { Approval } from '../../shared/approvals/approval.ts';
import { stringAt } from '../../shared/kernel/json.ts';
import { approvalWanted, type Notification } from '../../shared/notify/notification.ts';
import type { RunState } from '../../shared/workflow/state.ts';
import { severityOf } from './severity.ts';

/**
 * Asks a person. How urgent that is follows from what it is about, not from how risky it is: the risk stands in the
 * text, and a change that nobody hurries for is not made better by a loud phone. What a critical alert has started is
 * critical; everything else is a warning, since somebody waits for it.
 */
export function approvalNews(approval: Approval, run: RunState | undefined, link: string | undefined): Notification {
  const critical = run?.cause.alert !== undefined && severityOf(run.cause.alert) === 'critical';
  return approvalWanted(approval, {
    severity: critical ? 'critical' : 'warning',
    namespaces: namespacesOf(approval, run),
    ...(run !== undefined && { workflow: run.workflow }),
    ...(link !== undefined && { link }),
  });
}

/** Of the call; of all calls where a step proposes several; else of the alert that it is about. */
function namespacesOf({ input }: Approval, run: RunState | undefined): readonly string[] {
  const step = run?.steps[stringAt(input, 'step') ?? ''];
  const calls = step?.status === 'proposed' ? step.proposal.actions.map((action) => action.input) : [input];
  const named = calls.flatMap((call) => stringAt(call, 'namespace') ?? []);
  const alert = run?.cause.alert?.labels.namespace;
  return [...new Set(named.length === 0 && alert !== undefined ? [alert] : named)];
}
