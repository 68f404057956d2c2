import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installedWorkflows } from '../../shared/config/workflows.ts';
import { errnoOf, messageOf, OpsError } from '../../shared/kernel/errors.ts';
import { loadWorkflow } from '../../shared/workflow/load.ts';
import type { AddCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { knownNames } from '../workflow-catalog.ts';
import { markdownTemplate, yamlTemplate } from '../workflow-templates.ts';

/** Who looks, where the person has not renamed the agents. */
const AGENT = 'k8s-diagnostician';
const TAKE_ANOTHER = 'Take another name.';

export const create: AddCommand = (program, run) => {
  program
    .command('new <name>')
    .description('write a small workflow to begin with')
    .option('--markdown', 'a prompt with a title instead of steps')
    .action((name: string, { markdown }: { markdown?: boolean }) =>
      run(async (context) => {
        const file = await write(context, name, markdown === true);
        context.terminal.write(`${file} is written. Change it, then: k8s-agent workflow validate\n`);
        return 0;
      }),
    );
};

async function write(context: Context, name: string, markdown: boolean): Promise<string> {
  const { workflows } = await installedWorkflows(context.paths);
  const known = await knownNames(context);
  const agent = known.agents.has(AGENT) ? AGENT : ([...known.agents.keys()][0] ?? AGENT);
  const text = markdown ? markdownTemplate(name, titleOf(name)) : yamlTemplate(name, agent);
  const file = `${name}.${markdown ? 'md' : 'yaml'}`;
  // The name becomes a file's name: nothing that the language refuses is written.
  const reasons = loadWorkflow(text, file, known).problems.map(({ reason }) => reason);
  if (reasons.length > 0) throw new OpsError('invalid_input', `"${name}": ${reasons.join('; ')}.`, TAKE_ANOTHER);
  const taken = workflows.get(name);
  if (taken !== undefined)
    throw new OpsError('conflict', `There is a workflow "${name}" (${taken.file}).`, TAKE_ANOTHER);
  return writeNew(join(context.paths.workflows, file), text);
}

function titleOf(name: string): string {
  const words = name.replaceAll(/[-_]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function writeNew(file: string, text: string): string {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return file;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') throw new OpsError('conflict', `${file} is there already.`, TAKE_ANOTHER);
    throw new OpsError(
      'store_unavailable',
      `${file} cannot be written: ${messageOf(error)}.`,
      'Check its permissions.',
      {
        cause: error,
      },
    );
  }
}
