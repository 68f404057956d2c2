import type { Approval } from '../../shared/approvals/approval.ts';
import { iso } from '../../shared/kernel/clock.ts';
import type { RunState } from '../../shared/workflow/state.ts';
import { approvalLine } from '../approval-text.ts';
import type { AddCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { withApprovals } from '../store.ts';
import { table } from '../table.ts';
import { findWorkflow } from '../workflow-catalog.ts';
import { unknownRun, withStoredRuns } from '../workflow-runs.ts';
import { timelineText } from '../workflow-timeline.ts';

export const status: AddCommand = (program, run) => {
  program
    .command('status [run]')
    .description('the runs that have not ended, or the whole story of one')
    .option('--all', 'ended ones too, newest first')
    .action((id: string | undefined, { all }: { all?: boolean }) =>
      run(async (context) => {
        const text = id === undefined ? await listText(context, all === true) : await runText(context, id);
        context.terminal.write(`${text}\n`);
        return 0;
      }),
    );
};

async function listText(context: Context, all: boolean): Promise<string> {
  const filter = all ? {} : { statuses: ['waiting', 'running'] as const };
  const rows = (await withStoredRuns(context, (runs) => runs.list(filter))) ?? [];
  if (rows.length === 0) return all ? 'No workflow was ever run.' : 'No workflow runs.';
  return table(
    ['run', 'workflow', 'state', 'started', 'last event'],
    rows.map(({ run, workflow, status, createdAt, updatedAt }) => [
      ...[run, workflow, status, iso(createdAt), iso(updatedAt)],
    ]),
  );
}

async function runText(context: Context, id: string): Promise<string> {
  const found = await withStoredRuns(context, async (runs) => ({
    state: await runs.get(id),
    events: await runs.history(id),
  }));
  if (found === undefined) throw unknownRun(id);
  const pending = await pendingOf(context, id);
  const lines = pending.map((approval) => approvalLine(approval, context.clock.now()));
  return [
    timelineText(found.state, found.events, await definitionOf(context, found.state)),
    ...(lines.length === 0 ? [] : ['', 'waits for a person', ...lines.map((line) => `  ${line}`)]),
  ].join('\n');
}

/** Only the file that the run began with says who does a step. */
async function definitionOf(context: Context, { workflow, hash }: RunState) {
  const found = await findWorkflow(context, workflow);
  return found?.hash === hash ? found : undefined;
}

async function pendingOf(context: Context, run: string): Promise<readonly Approval[]> {
  const pending = await withApprovals(context, (approvals) => approvals.list({ states: ['pending'], limit: 1_000 }));
  return (pending ?? []).filter((approval) => approval.run === run);
}
