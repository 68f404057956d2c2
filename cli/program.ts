import { Command, CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { errnoOf, messageOf, OpsError } from '../shared/kernel/errors.ts';
import { neutralize } from '../shared/kernel/text.ts';
import { nearest } from '../shared/workflow/problem.ts';
import type { AddCommand, Run } from './command.ts';
import { approvals } from './commands/approvals.ts';
import { approve } from './commands/approve.ts';
import { audit } from './commands/audit.ts';
import { dashboard } from './commands/dashboard.ts';
import { doctor } from './commands/doctor.ts';
import { install } from './commands/install.ts';
import { mcp } from './commands/mcp.ts';
import { notify } from './commands/notify.ts';
import { passphrase } from './commands/passphrase.ts';
import { policy } from './commands/policy.ts';
import { reject } from './commands/reject.ts';
import { service } from './commands/service.ts';
import { token } from './commands/token.ts';
import { uninstall } from './commands/uninstall.ts';
import { up } from './commands/up.ts';
import { workflow } from './commands/workflow.ts';
import { contextFor } from './context.ts';
import type { Machine } from './machine.ts';

const COMMANDS: readonly AddCommand[] = [
  mcp,
  install,
  uninstall,
  doctor,
  approvals,
  approve,
  reject,
  passphrase,
  policy,
  audit,
  workflow,
  dashboard,
  token,
  notify,
  service,
  up,
];

/** What the system says of a file or folder that cannot be used; its message names it. */
const UNUSABLE = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EEXIST', 'ENOTDIR', 'EISDIR', 'ELOOP', 'EMFILE'];

/** Runs one command line; returns the exit code. */
export async function runCli(args: readonly string[], machine: Machine): Promise<number> {
  const { terminal } = machine;
  let code = 0;
  const program = new Command('k8s-agent')
    .description(manifest.description)
    .version(manifest.version)
    .option('--home <dir>', 'the Claude folder (default: ~/.claude)')
    .exitOverride()
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.writeError });
  const run: Run = async (action) => {
    code = (await action(contextFor(machine, program.opts<{ home?: string }>().home))) ?? 0;
  };
  for (const add of COMMANDS) add(program, run);
  pointToHelp(program, program.name());
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return failed(error, terminal.writeError);
  }
}

/** After a mistake each command says where it is explained. */
function pointToHelp(command: Command, line: string): void {
  command.showHelpAfterError(`See: ${line} --help`).hook('preSubcommand', refuseUnknown);
  for (const each of command.commands) pointToHelp(each, `${line} ${each.name()}`);
}

/** What runs where no command of a group is named would take a misspelt one for an argument too many. */
function refuseUnknown(group: Command, chosen: Command): void {
  const [word] = group.args;
  const isNamed = word === undefined || word.startsWith('-') || word === chosen.name();
  if (isNamed || chosen.registeredArguments.length > 0) return;
  const names = group.commands.map((command) => command.name());
  group.error(`error: unknown command '${word}'\n${nearest(word, names)}`, { code: 'commander.unknownCommand' });
}

function failed(error: unknown, writeError: (text: string) => void): number {
  // Commander has written its own message.
  if (error instanceof CommanderError) return error.exitCode;
  // Ctrl+C at a question.
  if (error instanceof Error && error.name === 'ExitPromptError') return 130;
  const { message, hint } = told(error);
  writeError(`${neutralize(message)}\n${neutralize(hint)}\n`);
  return 1;
}

/** Any other error is a mistake of ours, and is thrown on: its stack says where. */
function told(error: unknown): { readonly message: string; readonly hint: string } {
  if (error instanceof OpsError) return error;
  if (!UNUSABLE.includes(errnoOf(error) ?? '')) throw error;
  return { message: messageOf(error), hint: 'Check owner and mode of what it names, and the free space.' };
}
