import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { installedWorkflows } from '../../shared/config/workflows.ts';
import { messageOf, OpsError } from '../../shared/kernel/errors.ts';
import { count, neutralize } from '../../shared/kernel/text.ts';
import { loadAction } from '../../shared/workflow/actions.ts';
import { readCatalog } from '../../shared/workflow/catalog.ts';
import type { Known } from '../../shared/workflow/definition.ts';
import { loadWorkflow } from '../../shared/workflow/load.ts';
import { type Problem, problemText } from '../../shared/workflow/problem.ts';
import type { AddCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { knownNames } from '../workflow-catalog.ts';

export const validate: AddCommand = (program, run) => {
  program
    .command('validate [path...]')
    .description(
      'everything that is wrong with files or folders, by default the installed ones; exit code 1 on a finding',
    )
    .action((paths: string[]) => run((context) => check(context, paths)));
};

async function check(context: Context, paths: readonly string[]): Promise<number> {
  const { terminal } = context;
  // Without files of one's own there must be an install: this says so.
  if (paths.length === 0) await installedWorkflows(context.paths);
  const known = await knownNames(context);
  if (!known.installed)
    terminal.writeError('Not installed (k8s-agent install): checked with the agents and actions of this version.\n');
  const looked = paths.length > 0 ? paths : [context.paths.workflows];
  const found = await Promise.all(looked.map((path) => checkPath(path, known)));
  const problems = found.flatMap((checked) => checked.problems);
  terminal.write(problems.map((problem) => `${neutralize(problemText(problem))}\n`).join(''));
  const files = found.reduce((sum, checked) => sum + checked.files, 0);
  if (files === 0) {
    const reason = `There is no workflow file in ${looked.join(', ')}.`;
    throw new OpsError('not_found', reason, 'They end in .yaml, .yml or .md.');
  }
  terminal.write(`${verdict(problems, files)}\n`);
  return problems.length === 0 ? 0 : 1;
}

function verdict(problems: readonly Problem[], files: number): string {
  if (problems.length === 0) return `No problem in ${count(files, 'file')}.`;
  return `${count(problems.length, 'problem')} in ${brokenFiles(problems)} of ${count(files, 'file')}.`;
}

function brokenFiles(problems: readonly Problem[]): number {
  return new Set(problems.map(({ file }) => file)).size;
}

interface Checked {
  /** How many were looked at. */
  readonly files: number;
  readonly problems: readonly Problem[];
}

async function checkPath(path: string, known: Known): Promise<Checked> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    return { files: 1, problems: await problemsOf(path, known) };
  const { workflows, actions, problems } = await readCatalog(path, known);
  return {
    files: workflows.size + actions.size + brokenFiles(problems),
    problems: problems.map((problem) => ({ ...problem, file: join(path, problem.file) })),
  };
}

async function problemsOf(file: string, known: Known): Promise<readonly Problem[]> {
  try {
    const text = await readFile(file, 'utf8');
    const load = basename(dirname(file)) === 'actions' ? loadAction : loadWorkflow;
    return load(text, file, known).problems;
  } catch (error) {
    return [{ file, line: 1, column: 1, reason: `it cannot be read: ${messageOf(error)}` }];
  }
}
