import { execa } from 'execa';
import { messageOf, OpsError } from '../shared/kernel/errors.ts';

/** Starts Claude Code in this terminal with one prompt, and waits for its end. Returns its exit code. */
export async function startClaude(prompt: string, env: NodeJS.ProcessEnv): Promise<number> {
  const { exitCode, code, cause } = await execa('claude', [prompt], {
    stdio: 'inherit',
    env,
    extendEnv: false,
    reject: false,
  });
  if (exitCode !== undefined) return exitCode;
  if (code !== 'ENOENT')
    throw new OpsError('internal', `claude ended: ${messageOf(cause)}.`, `Start it yourself: ${prompt}`);
  throw new OpsError('precondition_failed', 'There is no claude on the PATH.', `In Claude Code: ${prompt}`);
}
