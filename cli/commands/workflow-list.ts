import { installedWorkflows } from '../../shared/config/workflows.ts';
import { iso } from '../../shared/kernel/clock.ts';
import { count } from '../../shared/kernel/text.ts';
import type { Workflow } from '../../shared/workflow/definition.ts';
import type { RunRow } from '../../shared/workflow/run-store.ts';
import { triggerText } from '../../shared/workflow/triggers.ts';
import type { AddCommand } from '../command.ts';
import { table } from '../table.ts';
import { withStoredRuns } from '../workflow-runs.ts';

export const list: AddCommand = (program, run) => {
  program
    .command('list', { isDefault: true })
    .description('every workflow, what starts it, and how it went the last time')
    .action(() =>
      run(async (context) => {
        const catalog = await installedWorkflows(context.paths);
        const workflows = [...catalog.workflows.values()];
        const last = await withStoredRuns(context, async (runs) =>
          Promise.all(workflows.map(async ({ name }) => (await runs.list({ workflow: name, limit: 1 }))[0])),
        );
        const rows = workflows.map((workflow, index) => rowOf(workflow, last?.[index]));
        const broken = new Set(catalog.problems.map(({ file }) => file)).size;
        context.terminal.write(
          rows.length === 0
            ? `${context.paths.workflows} has no workflow.\n`
            : `${table(['workflow', 'starts', 'last run', 'file'], rows)}\n`,
        );
        if (broken > 0)
          context.terminal.writeError(`${count(broken, 'file')} cannot be used: k8s-agent workflow validate\n`);
        return 0;
      }),
    );
};

function rowOf({ name, triggers, file }: Workflow, last: RunRow | undefined): readonly string[] {
  const when = last === undefined ? 'never' : `${last.status}, ${iso(last.createdAt)}, ${last.run}`;
  return [name, triggers.map(triggerText).join('; '), when, file];
}
