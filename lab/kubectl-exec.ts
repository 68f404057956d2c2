import { join } from 'node:path';
import { execa } from 'execa';
import { OpsError } from '../shared/kernel/errors.ts';

/** A lab that can be spoken to: `LabInfo` is one. */
export interface Target {
  readonly dir: string;
  readonly kubeconfig: string;
  readonly kubectl: string;
}

/** Runs the lab's kubectl on the lab's cluster, whatever KUBECONFIG the user has, and returns what it printed. */
export async function kubectl(target: Target, args: readonly string[], input?: string): Promise<string> {
  const result = await execa(target.kubectl, [`--kubeconfig=${target.kubeconfig}`, ...args], {
    env: { PATH: '/usr/bin:/bin', HOME: join(target.dir, 'home') },
    extendEnv: false,
    reject: false,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
  });
  if (!result.failed) return result.stdout;
  throw new OpsError(
    'precondition_failed',
    `kubectl ${args.join(' ')} failed: ${result.stderr || result.shortMessage}`,
    'See what `npm run lab -- status` says of the lab.',
  );
}

/** Whether this is a kubectl that can be run at all. */
export async function runs(program: string): Promise<boolean> {
  const { stdout } = await execa(program, ['version', '--client'], { reject: false, stdin: 'ignore', timeout: 10_000 });
  return stdout?.startsWith('Client Version') ?? false;
}
