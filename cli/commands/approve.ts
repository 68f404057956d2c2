import type { AddCommand } from '../command.ts';
import { settle } from '../settle.ts';

export const approve: AddCommand = (program, run) => {
  program
    .command('approve <id>')
    .description('let a pending action run once, exactly as shown')
    .action((id: string) => run((context) => settle(context, id, { decision: 'approve' })));
};
