import { OpsError } from '../../shared/kernel/errors.ts';
import { neutralize } from '../../shared/kernel/text.ts';
import { stopText, withBreakers } from '../breakers.ts';
import type { AddCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { demandPassphrase, demandTerminal } from '../passphrase/ask.ts';
import { demandWorkflow } from '../workflow-catalog.ts';

export const resume: AddCommand = (program, run) => {
  program
    .command('resume <name>')
    .description('let a workflow that was stopped go on at once (k8s-agent workflow breaker)')
    .action((name: string) => run((context) => letGoOn(context, name)));
};

/** It lets things happen again, so a person does it, as they approve: at a terminal, with their passphrase. */
async function letGoOn(context: Context, name: string): Promise<number> {
  const { terminal, clock, person } = context;
  demandTerminal(context, 'Letting a workflow go on');
  const done = await withBreakers(context, async (breakers) => {
    const found = (await breakers.list()).find(({ workflow }) => workflow === name);
    const stop = found && stopText(found.state, clock.now());
    if (stop === undefined) return false;
    terminal.write(`${neutralize(`${name} ${stop}`)}.\n\n`);
    await demandPassphrase(context, `Passphrase to let ${name} go on`);
    await breakers.reset(name, person);
    return true;
  });
  if (done !== true) {
    await demandWorkflow(context, name);
    throw new OpsError('conflict', `${name} is not stopped.`, 'Nothing is to be done.');
  }
  terminal.write(`${name} may start again. What had failed is not started anew by this.\n`);
  return 0;
}
