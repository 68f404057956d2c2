import { ensureBundle } from '../bundles.ts';
import type { AddCommand } from '../command.ts';
import { SERVERS } from '../install/wanted.ts';
import { installService, serviceStatus, uninstallService } from '../service/service.ts';

export const service: AddCommand = (program, run) => {
  const command = program.command('service').description('k8s-agent up as a systemd service of this user');
  command
    .command('install')
    .description('write the unit, enable it and start it')
    .option('--no-dashboard', 'run the daemon alone')
    .action(({ dashboard }: { dashboard: boolean }) =>
      run(async (context) => {
        for (const bundle of [...SERVERS, ...(dashboard ? (['dashboard'] as const) : [])])
          await ensureBundle(context.root, bundle);
        const done = await installService(context, { dashboard });
        context.terminal.write(`${done.join('\n')}\nSee what it does: k8s-agent service status\n`);
        return 0;
      }),
    );
  command
    .command('uninstall')
    .description('stop it, and take out what install wrote')
    .action(() =>
      run(async (context) => {
        const done = await uninstallService(context);
        context.terminal.write(`${done === undefined ? 'The service is not installed.' : done.join('\n')}\n`);
        return 0;
      }),
    );
  command
    .command('status', { isDefault: true })
    .description('whether it runs; exit code 1 where it does not')
    .action(() =>
      run(async (context) => {
        const { isActive, lines } = await serviceStatus(context);
        context.terminal.write(`${lines.join('\n')}\n`);
        return isActive ? 0 : 1;
      }),
    );
};
