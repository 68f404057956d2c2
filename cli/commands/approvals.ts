import { approvalLine, approvalText } from '../approval-text.ts';
import type { AddCommand } from '../command.ts';
import { unknownApproval, withApprovals } from '../store.ts';

export const approvals: AddCommand = (program, run) => {
  const command = program.command('approvals').description('what waits for a person');
  command
    .command('list', { isDefault: true })
    .description('pending approvals, newest first')
    .option('--all', 'settled ones too')
    .action(({ all }: { all?: boolean }) =>
      run(async (context) => {
        const filter = all ? {} : { states: ['pending' as const] };
        const found = (await withApprovals(context, (store) => store.list(filter))) ?? [];
        const lines = found.map((approval) => approvalLine(approval, context.clock.now()));
        const none = all ? 'No approval was ever asked for.' : 'Nothing is pending.';
        context.terminal.write(`${lines.join('\n') || none}\n`);
        return 0;
      }),
    );
  command
    .command('show <id>')
    .description('the whole preview of one')
    .action((id: string) =>
      run(async (context) => {
        const approval = await withApprovals(context, (store) => store.get(id));
        if (approval === undefined) throw unknownApproval(id);
        context.terminal.write(`${approvalText(approval).trimEnd()}\n`);
        return 0;
      }),
    );
};
