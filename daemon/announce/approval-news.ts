import type { Approval } from '../../shared/approvals/approval.ts';
import { stringAt } from '../../shared/kernel/json.ts';
import { approvalWanted, type Notification } from '../../shared/notify/notification.ts';
import type { RunEvent } from '../../shared/workflow/events.ts';
import { type RunState, replay } from '../../shared/workflow/state.ts';
import { namespacesOf } from './run-news.ts';
import { severityOf } from './severity.ts';

/**
 * Asks a person. How urgent that is follows from what it is about, not from how risky it is: the risk stands in the
 * text, and a change that nobody hurries for is not made better by a loud phone. What is about a critical alert is
 * critical; everything else is a warning, since somebody waits for it. `events`: of its run, where it has one.
 */
export function approvalNews(approval: Approval, events: readonly RunEvent[], link: string | undefined): Notification {
  const run = replay(events);
  const joined = events.flatMap((event) => (event.type === 'alert-joined' ? event.alert : []));
  const critical = [...(run?.cause.alert ? [run.cause.alert] : []), ...joined].some(
    (alert) => severityOf(alert) === 'critical',
  );
  return approvalWanted(approval, {
    severity: critical ? 'critical' : 'warning',
    namespaces: namespacesAsked(approval, run),
    ...(run !== undefined && { workflow: run.workflow }),
    ...(link !== undefined && { link }),
  });
}

/** Of the call; of all calls where a step proposes several; else of the alert that it is about. */
function namespacesAsked({ input }: Approval, run: RunState | undefined): readonly string[] {
  const step = run?.steps[stringAt(input, 'step') ?? ''];
  const calls = step?.status === 'proposed' ? step.proposal.actions.map((action) => action.input) : [input];
  const named = calls.flatMap((call) => stringAt(call, 'namespace') ?? []);
  return named.length === 0 ? namespacesOf(run?.cause.alert) : [...new Set(named)];
}
