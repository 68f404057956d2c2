import type { AddCommand } from '../command.ts';
import { chooseNew, demandPassphrase, demandTerminal } from '../passphrase/ask.ts';
import { readPassphrase } from '../passphrase/passphrase.ts';

export const passphrase: AddCommand = (program, run) => {
  program
    .command('passphrase')
    .description("set the approver's passphrase")
    .action(() =>
      run(async (context) => {
        demandTerminal(context, 'Setting the passphrase');
        if (readPassphrase(context.paths.passphrase) !== undefined) await demandPassphrase(context, 'Old passphrase');
        const set = await chooseNew(context);
        context.terminal.write(set ? 'The passphrase is set.\n' : 'Nothing was changed.\n');
        return set ? 0 : 1;
      }),
    );
};
