import type { AddCommand } from '../command.ts';
import { settle } from '../settle.ts';

export const reject: AddCommand = (program, run) => {
  program
    .command('reject <id>')
    .description('refuse a pending action')
    .option('--reason <text>', 'what the agent is told')
    .action((id: string, { reason }: { reason?: string }) =>
      run((context) => settle(context, id, { decision: 'reject', ...(reason && { reason }) })),
    );
};
