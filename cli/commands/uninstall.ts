import type { AddCommand } from '../command.ts';
import { uninstallLayout } from '../install/uninstall.ts';

export const uninstall: AddCommand = (program, run) => {
  program
    .command('uninstall')
    .description('take out what install wrote, and nothing else')
    .action(() =>
      run((context) => {
        const done = uninstallLayout(context);
        context.terminal.write(
          `${done === undefined ? `Nothing is installed in ${context.paths.home}.` : done.join('\n')}\n`,
        );
        return 0;
      }),
    );
};
