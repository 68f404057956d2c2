import { OpsError } from '../../shared/kernel/errors.ts';
import type { Runs } from '../../shared/workflow/runs.ts';
import { isEnded, type RunState } from '../../shared/workflow/state.ts';
import type { AddCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { findWorkflow } from '../workflow-catalog.ts';
import { unknownRun, withStoredRuns } from '../workflow-runs.ts';

export const cancel: AddCommand = (program, run) => {
  program
    .command('cancel <run>')
    .description('end a run; what has begun is brought to an end first')
    .option('--why <text>', 'the reason, for the log', 'no reason was given')
    .action((id: string, { why }: { why: string }) =>
      run(async (context) => {
        const state = await withStoredRuns(context, (runs) => cancelRun(context, runs, id, why));
        if (state === undefined) throw unknownRun(id);
        const told = isEnded(state)
          ? `${id} is ${state.status}.`
          : `${id} is to be cancelled: it ends as soon as ${unfinished(state)}.`;
        context.terminal.write(`${told}\n`);
        return 0;
      }),
    );
};

async function cancelRun(context: Context, runs: Runs, id: string, reason: string): Promise<RunState> {
  const state = await runs.record(id, (now, at) => {
    if (!isEnded(now)) return { type: 'cancel-requested', at, by: context.person, reason };
    throw new OpsError('conflict', `${id} has ended (${now.status}).`, 'There is nothing to cancel.');
  });
  // Where no step has begun, nobody else has to do anything for it to end.
  const workflow = await findWorkflow(context, state.workflow);
  return workflow === undefined ? state : (await runs.advance(workflow, id)).state;
}

function unfinished({ steps }: RunState): string {
  const begun = Object.entries(steps).filter(([, { status }]) => status === 'running' || status === 'executing');
  const names = begun.map(([name]) => name).join(', ');
  return names === '' ? 'a chat takes it up' : `the chat that runs it has stopped ${names}`;
}
