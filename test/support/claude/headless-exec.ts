import { execa } from 'execa';
import { type ClientHome, clientEnvironment } from './client-home.ts';

export interface HeadlessRun {
  /** The client's binary (clients/install-exec.ts). */
  readonly claude: string;
  readonly at: ClientHome;
  /** The scripted model's. */
  readonly modelUrl: string;
  readonly prompt: string;
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  readonly timeoutMs?: number;
}

export interface HeadlessResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Runs `claude -p` to its end. Throws when it does not start, or does not end within `timeoutMs` (30 s by default). */
export async function runHeadless(run: HeadlessRun): Promise<HeadlessResult> {
  const { claude, at, modelUrl, prompt, args = [], env, timeoutMs = 30_000 } = run;
  // `--` since several options take a list, which would swallow the prompt.
  const result = await execa(claude, ['-p', '--permission-mode', 'manual', ...args, '--', prompt], {
    cwd: at.cwd,
    env: clientEnvironment(at.home, modelUrl, env),
    extendEnv: false,
    stdin: 'ignore',
    timeout: timeoutMs,
    reject: false,
  });
  const { exitCode, stdout, stderr } = result;
  if (exitCode === undefined) throw new Error(`claude -p did not finish: ${result.shortMessage}\n${stdout}\n${stderr}`);
  return { exitCode, stdout, stderr };
}
