import { execa } from 'execa';
import { OpsError } from '../shared/kernel/errors.ts';
import type { Lab } from './component.ts';

/** Runs the lab's kubectl on the lab's cluster, whatever KUBECONFIG the user has, and returns what it printed. */
export async function kubectl(lab: Lab, args: readonly string[], input?: string): Promise<string> {
  const result = await execa(lab.program('kubectl'), [`--kubeconfig=${lab.kubeconfig}`, ...args], {
    env: { PATH: '/usr/bin:/bin', HOME: lab.path('home') },
    extendEnv: false,
    reject: false,
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
  });
  if (!result.failed) return result.stdout;
  const said = result.stderr || result.shortMessage;
  throw new OpsError('precondition_failed', `kubectl ${args.join(' ')} failed: ${said}`, lab.programCure);
}
