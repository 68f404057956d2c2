import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { isatty } from 'node:tty';
import { systemClock } from '../../shared/kernel/clock.ts';
import { messageOf } from '../../shared/kernel/errors.ts';
import { pathsIn } from '../../shared/kernel/paths.ts';
import { guard } from './guard.ts';
import { protect } from './protected.ts';
import { recordCall } from './record.ts';

/** PreToolUse hook of Claude Code. Exit code 2 blocks the call, whatever else happens: it fails closed. */
async function main(): Promise<void> {
  if (isatty(0)) throw new Error('it reads a hook event from standard input, and that is a terminal');
  const event: unknown = JSON.parse(await text(process.stdin));
  const home = homeFrom(process.argv);
  recordCall(event, pathsIn(home).calls, systemClock.now());
  const programs = dirname(resolve(process.argv[1] ?? '.'));
  const reason = await guard(event, { protection: protect(home, programs), variables: process.env });
  if (reason === undefined) return;
  const decision = { hookEventName: 'PreToolUse', permissionDecision: 'deny', permissionDecisionReason: reason };
  process.stdout.write(JSON.stringify({ hookSpecificOutput: decision }));
}

/** `--home DIR`, as `install` registered it; else where Claude Code keeps its folder. */
function homeFrom(argv: readonly string[]): string {
  const index = argv.indexOf('--home');
  const given = index === -1 ? undefined : argv[index + 1];
  return resolve(given ?? process.env.K8S_AGENT_HOME ?? process.env.CLAUDE_CONFIG_DIR ?? join(homedir(), '.claude'));
}

function block(error: unknown): void {
  process.stderr.write(
    `k8s-agent's guard hook failed, so this call is blocked: ${messageOf(error)}. The user can check it with: k8s-agent doctor\n`,
  );
  process.exitCode = 2;
}

process.on('uncaughtException', (error) => {
  block(error);
  process.exit(2);
});

await main().catch(block);
