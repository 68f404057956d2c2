import type { AddCommand } from '../command.ts';
import { breaker } from './workflow-breaker.ts';
import { cancel } from './workflow-cancel.ts';
import { list } from './workflow-list.ts';
import { create } from './workflow-new.ts';
import { resume } from './workflow-resume.ts';
import { start } from './workflow-run.ts';
import { show } from './workflow-show.ts';
import { status } from './workflow-status.ts';
import { validate } from './workflow-validate.ts';

const COMMANDS: readonly AddCommand[] = [list, show, validate, start, status, cancel, breaker, resume, create];

export const workflow: AddCommand = (program, run) => {
  const command = program.command('workflow').description('workflows and their runs (docs/workflows.md)');
  for (const add of COMMANDS) add(command, run);
};
