import { installedWorkflows, workflowIn } from '../../shared/config/workflows.ts';
import type { AddCommand } from '../command.ts';
import { workflowText } from '../workflow-text.ts';

export const show: AddCommand = (program, run) => {
  program
    .command('show <name>')
    .description('steps, inputs and autonomy of one, and where its file is')
    .action((name: string) =>
      run(async (context) => {
        const workflow = workflowIn(await installedWorkflows(context.paths), name);
        context.terminal.write(`${workflowText(workflow, context.paths.workflows)}\n`);
        return 0;
      }),
    );
};
