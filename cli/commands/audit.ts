import timers from 'node:timers/promises';
import { InvalidArgumentError } from 'commander';
import { auditFiles } from '../../shared/audit/files.ts';
import { verify } from '../../shared/audit/verify.ts';
import { count, neutralize } from '../../shared/kernel/text.ts';
import { readAudit } from '../audit-files.ts';
import { auditLine } from '../audit-text.ts';
import type { AddCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { withOwnApprovals } from '../store.ts';

/** Milliseconds between two looks of `tail -f`. */
const POLL = 500;

export const audit: AddCommand = (program, run) => {
  const command = program.command('audit').description('what was done, and whether the log of it is whole');
  command
    .command('tail')
    .description('the newest records')
    .option('-n <count>', 'how many', wholeNumber, 20)
    .option('-f, --follow', 'wait for more')
    .action(({ n, follow }: { n: number; follow?: boolean }) =>
      run(async (context) => {
        await tail(context, n, follow === true);
        return 0;
      }),
    );
  command
    .command('verify')
    .description('check every chain, and find changes without an outcome; exit code 1 on a finding')
    .action(() => run(check));
};

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It is a whole number.');
  return Number(text);
}

async function tail({ paths, terminal }: Context, newest: number, follow: boolean): Promise<void> {
  const lines = () =>
    readAudit(paths.actionLogs, auditFiles(paths.actionLogs)).flatMap(({ text }) => text.split('\n').slice(0, -1));
  let known = lines();
  const shown = newest === 0 ? [] : known.slice(-newest);
  terminal.write(shown.map((line) => `${auditLine(line)}\n`).join('') || (follow ? '' : 'The audit log is empty.\n'));
  while (follow) {
    await timers.setTimeout(POLL);
    const now = lines();
    terminal.write(
      now
        .slice(known.length)
        .map((line) => `${auditLine(line)}\n`)
        .join(''),
    );
    known = now;
  }
}

async function check(context: Context): Promise<number> {
  const { paths, terminal } = context;
  // The log of another machine is there, and so are the approvals that it belongs to.
  const ran = await withOwnApprovals(context, (store) =>
    store.list({ states: ['executed', 'failed'], limit: 100_000 }),
  );
  // A failed one that never started has no intent, and says so.
  const executedCalls = (ran ?? []).flatMap(({ claim, result }) =>
    claim && !result?.startsWith('not started') ? [claim.call] : [],
  );
  const files = readAudit(paths.actionLogs, auditFiles(paths.actionLogs));
  const { records, writers, findings } = verify(files, { isAlive, executedCalls });
  for (const { kind, where, message } of findings) terminal.write(`${kind}  ${where}  ${neutralize(message)}\n`);
  const problems = findings.filter(({ kind }) => kind !== 'in-flight');
  const read = `${count(records, 'record')} by ${count(writers, 'writer')} in ${count(files.length, 'file')}`;
  terminal.write(
    `${read}: ${problems.length === 0 ? 'whole, and every change has its outcome' : count(problems.length, 'finding')}.\n`,
  );
  return problems.length === 0 ? 0 : 1;
}

/** A writer is named `<server>-<process id>-<random>`; one of another machine counts as ended. */
function isAlive(writer: string): boolean {
  const pid = /-(\d+)-[0-9a-z]+$/.exec(writer)?.[1];
  if (pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    // It exists and is another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
