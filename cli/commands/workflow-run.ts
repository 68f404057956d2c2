import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { installedWorkflows, workflowIn } from '../../shared/config/workflows.ts';
import { iso } from '../../shared/kernel/clock.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { type Json, type JsonObject, parseJson } from '../../shared/kernel/json.ts';
import { neutralize } from '../../shared/kernel/text.ts';
import type { Workflow } from '../../shared/workflow/definition.ts';
import type { Cause } from '../../shared/workflow/events.ts';
import { resolveInputs } from '../../shared/workflow/inputs.ts';
import { triggerText } from '../../shared/workflow/triggers.ts';
import type { AddCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { demandPassphrase, demandTerminal } from '../passphrase/ask.ts';
import { startClaude } from '../workflow-claude-exec.ts';
import { resumePrompt, withRuns } from '../workflow-runs.ts';

interface Options {
  readonly input: Readonly<Record<string, string>>;
  readonly alert: Readonly<Record<string, string>>;
  readonly claude?: boolean;
}

export const start: AddCommand = (program, run) => {
  program
    .command('run <name>')
    .description('start a run; a chat in Claude Code takes it up')
    .option('-i, --input <name=value>', 'an input; once for each', pair, {})
    .option('--alert <label=value>', 'a label of the alert that it is about; once for each', pair, {})
    .option('--claude', 'start Claude Code with it at once')
    .action((name: string, options: Options) => run((context) => begin(context, name, options)));
};

const jsonSchema: z.ZodType<Json> = z.json();

/** One more `name=value`. */
function pair(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, name, value] = /^([^=]+)=([\s\S]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('It reads name=value.');
  return { ...before, [name]: value };
}

async function begin(context: Context, name: string, { input, alert, claude }: Options): Promise<number> {
  const { terminal } = context;
  const workflow = workflowIn(await installedWorkflows(context.paths), name);
  const inputs = typedInputs(workflow.inputs, input);
  const cause = causeOf(context, workflow, alert);
  // All that could be wrong is said before anybody is asked.
  resolveInputs(workflow.name, workflow.inputs, inputs);
  if (claude) demandTerminal(context, 'Claude Code');
  await askForYes(context, workflow);
  const { run } = await withRuns(context, (runs) => runs.start(workflow, { cause, inputs }));
  const prompt = resumePrompt(run);
  terminal.write(`${run} of ${workflow.name} is started.\n`);
  if (claude) return startClaude(prompt, claudeEnv(context));
  terminal.write(
    `A chat takes it up; nothing happens before. In Claude Code: ${prompt}\nWatch it: k8s-agent workflow status ${run}\n`,
  );
  return 0;
}

/** Values as their inputs are declared. What does not fit stays a text, and is refused by its name. */
function typedInputs(declared: Workflow['inputs'], given: Options['input']): JsonObject {
  return Object.fromEntries(
    Object.entries(given).map(([name, text]): [string, Json] => {
      const type = Object.hasOwn(declared, name) ? declared[name]?.type : undefined;
      return [
        name,
        type === undefined || type === 'string' ? text : (jsonSchema.safeParse(parseJson(text)).data ?? text),
      ];
    }),
  );
}

/** A person started it, perhaps because of an alert. Without a trigger of another kind there must be one. */
function causeOf({ person, clock }: Context, { name, triggers }: Workflow, labels: Options['alert']): Cause {
  const alerts = triggers.filter(({ kind }) => kind === 'alert');
  const given = Object.keys(labels).length > 0;
  if (given && alerts.length === 0)
    throw new OpsError(
      'invalid_input',
      `No alert starts ${name}.`,
      'Leave out --alert; its inputs are given with --input.',
    );
  if (!given && alerts.length > 0 && alerts.length === triggers.length) {
    throw new OpsError(
      'invalid_input',
      `${name} is about an alert (${alerts.map(triggerText).join('; ')}).`,
      'Give its labels: --alert alertname=NAME --alert namespace=NAME …',
    );
  }
  if (!given) return { kind: 'manual', by: person };
  const rest = { annotations: {}, status: 'firing', startsAt: iso(clock.now()), endsAt: '', generatorURL: '' };
  return { kind: 'manual', by: person, alert: { labels, fingerprint: '', ...rest } };
}

/** What it approves by itself is a yes that is given now: so it takes what every yes takes. */
async function askForYes(context: Context, { name, autonomy }: Workflow): Promise<void> {
  const { auto_approve } = autonomy;
  if (auto_approve.length === 0) return;
  demandTerminal(context, `Starting ${name}, which approves by itself (${auto_approve.join(', ')}),`);
  const rules = auto_approve.map((rule) => `  ${rule}\n`).join('');
  context.terminal.write(
    neutralize(`${name} does this without asking again:\n${rules}What is forbidden stays forbidden.\n\n`),
  );
  await demandPassphrase(context, 'Passphrase to start it');
}

/** Claude Code has to read the folder that this run is stored in. */
function claudeEnv({ env, homeFolder, paths }: Context): NodeJS.ProcessEnv {
  return paths.home === join(homeFolder, '.claude') ? env : { ...env, CLAUDE_CONFIG_DIR: paths.home };
}
