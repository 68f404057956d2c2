import { ensureBundle } from '../bundles.ts';
import type { AddCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { installLayout } from '../install/install.ts';
import { SERVERS } from '../install/wanted.ts';
import { chooseNew } from '../passphrase/ask.ts';
import { readPassphrase } from '../passphrase/passphrase.ts';

export const install: AddCommand = (program, run) => {
  program
    .command('install')
    .description('write agents, policy, guard hook and servers into the Claude folder')
    .option('-y, --yes', 'ask nothing: leave the passphrase for later')
    .action(({ yes }: { yes?: boolean }) =>
      run(async (context) => {
        const { terminal, root, paths } = context;
        for (const bundle of [...SERVERS, 'guard'] as const) await ensureBundle(root, bundle);
        const done = installLayout(context);
        terminal.write(
          `${done.length === 0 ? `Nothing to change: ${paths.home} is as it should be.` : done.join('\n')}\n`,
        );
        await passphrase(context, yes === true);
        terminal.write('Check it with: k8s-agent doctor\n');
        return 0;
      }),
    );
};

async function passphrase(context: Context, skip: boolean): Promise<void> {
  const { terminal, paths } = context;
  if (readPassphrase(paths.passphrase) !== undefined) return;
  if (!skip && terminal.isInteractive) {
    terminal.write(
      'A passphrase lets you answer approvals from another terminal. Press Enter to leave it for later.\n',
    );
    if (await chooseNew(context)) return;
  }
  terminal.write('No approver’s passphrase is set. Set it in a terminal with: k8s-agent passphrase\n');
}
