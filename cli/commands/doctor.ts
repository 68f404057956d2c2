import { count, neutralize } from '../../shared/kernel/text.ts';
import type { AddCommand } from '../command.ts';
import { examine, type Report } from '../doctor/doctor.ts';

export const doctor: AddCommand = (program, run) => {
  program
    .command('doctor')
    .description('look at every part of the installation; exit code 1 on a problem')
    .action(() =>
      run(async (context) => {
        let problems = 0;
        for await (const report of examine(context)) {
          if ('problem' in report.finding) problems += 1;
          context.terminal.write(`${neutralize(lineOf(report))}\n`);
        }
        context.terminal.write(`${problems === 0 ? 'All is well.' : `${count(problems, 'problem')}.`}\n`);
        return problems === 0 ? 0 : 1;
      }),
    );
};

function lineOf({ name, finding }: Report): string {
  if ('seen' in finding) return `ok       ${name.padEnd(14)} ${finding.seen}`;
  return `problem  ${name.padEnd(14)} ${finding.problem}\n${' '.repeat(24)}${finding.cure}`;
}
