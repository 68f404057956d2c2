import { admin } from '../../dashboard/admin.ts';
import { backendSettings } from '../../shared/config/backends.ts';
import { readConfig } from '../../shared/config/config.ts';
import type { AddCommand } from '../command.ts';
import { runDashboard } from '../dashboard-exec.ts';
import { withDashboard } from '../dashboard-store.ts';
import { demandPassphrase, demandTerminal } from '../passphrase/ask.ts';
import { readPassphrase } from '../passphrase/passphrase.ts';
import { portHere, portNumber } from '../port.ts';

export const dashboard: AddCommand = (program, run) => {
  const command = program.command('dashboard').description('the web page for approvals, status and history');
  command
    .command('serve', { isDefault: true })
    .description('serve it on this machine')
    .option('--port <port>', 'where it listens (default: the port of dashboard.url, else 8080)', portNumber)
    .action(({ port }: { port?: string }) =>
      run(async (context) => {
        const { url } = backendSettings('dashboard', await readConfig(context.paths.config), context.env);
        return runDashboard(context, portHere(port, url));
      }),
    );
  command
    .command('link [name]')
    .description('a one-time link for a new login, or for a new password of NAME')
    .action((name?: string) =>
      run(async (context) => {
        // Whoever has a login answers approvals.
        demandTerminal(context, 'Making a login');
        if (readPassphrase(context.paths.passphrase) !== undefined) await demandPassphrase(context);
        return withDashboard(context, (deps) => admin.link(deps, name));
      }),
    );
};
