import type { AddCommand } from '../command.ts';
import { demandInstall } from '../install/manifest.ts';
import { portNumber } from '../port.ts';
import type { UpOptions } from '../up/place.ts';

export const up: AddCommand = (program, run) => {
  program
    .command('up')
    .description('work by itself: the dashboard and the daemon together, until Ctrl+C')
    .option('--port <port>', 'where the dashboard listens (default: the port of dashboard.url, else 8080)', portNumber)
    .option('--no-dashboard', 'the daemon alone')
    .option('--no-view', 'one line for each event, instead of the live view')
    .action((options: UpOptions) =>
      run(async (context) => {
        demandInstall(context.paths);
        const { up } = await import('../up-exec.ts');
        const { openDaemon } = await import('../../daemon/wire.ts');
        return up(context, options, openDaemon);
      }),
    );
};
