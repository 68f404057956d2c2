import { breakerRow, stopText, withBreakers } from '../breakers.ts';
import type { AddCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { table } from '../table.ts';
import { demandWorkflow } from '../workflow-catalog.ts';

export const breaker: AddCommand = (program, run) => {
  program
    .command('breaker [name]')
    .description('workflows that were stopped since they failed again and again, or kept changing the same thing')
    .action((name?: string) =>
      run(async (context) => {
        const text = name === undefined ? await listText(context) : await oneText(context, name);
        context.terminal.write(`${text}\n`);
        return 0;
      }),
    );
};

async function listText(context: Context): Promise<string> {
  const all = (await withBreakers(context, (breakers) => breakers.list())) ?? [];
  // What is stored is every workflow that was ever started by itself.
  const told = all.filter(({ state }) => state.kind === 'open' || state.probation || state.by !== undefined);
  if (told.length === 0) return 'No workflow is stopped.';
  const now = context.clock.now();
  return table(
    ['workflow', 'since', 'how it stands'],
    told.map((one) => breakerRow(one, now)),
  );
}

async function oneText(context: Context, name: string): Promise<string> {
  const all = (await withBreakers(context, (breakers) => breakers.list())) ?? [];
  const found = all.find(({ workflow }) => workflow === name);
  if (found === undefined) await demandWorkflow(context, name);
  const stop = found && stopText(found.state, context.clock.now());
  if (stop === undefined) return `${name} is not stopped.`;
  return `${name} ${stop}.\nTo let it go on at once: k8s-agent workflow resume ${name}`;
}
