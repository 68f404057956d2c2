import { admin } from '../../dashboard/admin.ts';
import type { AddCommand } from '../command.ts';
import { withDashboard } from '../dashboard-store.ts';

export const token: AddCommand = (program, run) => {
  const command = program.command('token').description("tokens for the dashboard's API; none can approve");
  command
    .command('create <name>')
    .description('make one; it is shown once')
    .option('--role <role>', 'agent (the servers of a machine) or daemon', 'agent')
    .action((name: string, { role }: { role: string }) =>
      run((context) => withDashboard(context, (deps) => admin.createToken(deps, name, role))),
    );
  command
    .command('list', { isDefault: true })
    .description('all of them, without their secrets')
    .action(() => run((context) => withDashboard(context, admin.listTokens)));
  command
    .command('revoke <id>')
    .description('end one, from the next request on')
    .action((id: string) => run((context) => withDashboard(context, (deps) => admin.revokeToken(deps, id))));
};
