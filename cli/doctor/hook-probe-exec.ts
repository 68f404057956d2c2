import { execa } from 'execa';
import { stringAt } from '../../shared/kernel/json.ts';

/** Runs the registered hook with a command that it has to refuse, in a folder of its own. Returns what is wrong. */
export async function probeHook(
  command: string,
  script: string,
  folder: string,
  timeout: number,
): Promise<string | undefined> {
  const input = JSON.stringify({
    hook_event_name: 'PreToolUse',
    tool_name: 'Bash',
    tool_use_id: 'doctor',
    cwd: folder,
    tool_input: { command: 'kubectl get pods' },
  });
  const { stdout, stderr, exitCode, failed, shortMessage } = await execa(command, [script, '--home', folder], {
    input,
    reject: false,
    timeout,
  });
  if (failed)
    return exitCode === undefined ? shortMessage : `it ended with exit code ${exitCode}: ${stderr.slice(0, 300)}`;
  const decision = stringAt(parse(stdout), 'hookSpecificOutput', 'permissionDecision');
  return decision === 'deny' ? undefined : `it lets "kubectl get pods" through: ${stdout.slice(0, 100) || 'no answer'}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
