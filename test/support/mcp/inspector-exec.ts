import { execa } from 'execa';
import type { Clients } from '../clients/install-exec.ts';

export interface Inspection {
  readonly inspector: Clients['inspector'];
  /** Command and arguments of the server, over stdio. */
  readonly server: readonly [string, ...string[]];
  /** Such as `['--method', 'tools/list']`. */
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
}

export interface Inspected {
  readonly stdout: string;
  readonly stderr: string;
  /** 0; 5 when the tool answers with an error; 1 when the call fails. */
  readonly exitCode: number;
}

/** Runs the MCP inspector in its command-line mode. It speaks 2025-11-25, or 2026-07-28 with `--protocol-era modern`. */
export async function inspect({ inspector, server, args, env = {} }: Inspection): Promise<Inspected> {
  const [node, script] = inspector;
  const result = await execa(node, [script, '--cli', '--quiet', ...args, '--', ...server], {
    env: { PATH: process.env.PATH ?? '', ...env },
    extendEnv: false,
    stdin: 'ignore',
    timeout: 60_000,
    reject: false,
  });
  const { exitCode, stdout, stderr } = result;
  if (exitCode === undefined) throw new Error(`The inspector did not finish: ${result.shortMessage}\n${stderr}`);
  return { exitCode, stdout, stderr };
}
