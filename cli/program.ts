import { Command, CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { OpsError } from '../shared/kernel/errors.ts';
import { neutralize } from '../shared/kernel/text.ts';
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
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return failed(error, terminal.writeError);
  }
}

function failed(error: unknown, writeError: (text: string) => void): number {
  // Commander has written its own message.
  if (error instanceof CommanderError) return error.exitCode;
  // Ctrl+C at a question.
  if (error instanceof Error && error.name === 'ExitPromptError') return 130;
  if (!(error instanceof OpsError)) throw error;
  writeError(`${neutralize(error.message)}\n${neutralize(error.hint)}\n`);
  return 1;
}
