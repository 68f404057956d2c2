import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { Paths } from '../../shared/kernel/paths.ts';
import { claudeVersion, findClaude } from './claude-exec.ts';
import type { Environment } from './environment.ts';
import { checkProfiles } from './profile.ts';

/** The first version that takes its servers over standard input instead of the command line. */
const OLDEST = '2.1.261';

const CREDENTIALS = ['ANTHROPIC_API_KEY', 'CLAUDE_CODE_OAUTH_TOKEN', 'ANTHROPIC_AUTH_TOKEN'];
const PROVIDERS = ['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_USE_FOUNDRY'];

/** What is missing before an agent can work; undefined where nothing is. It asks no service. */
export async function missingFor(env: Environment, paths: Paths): Promise<OpsError | undefined> {
  return (await claudeProblem(env)) ?? credentialsProblem(env, paths) ?? profileProblem(paths);
}

/** Path of `claude`. Throws where there is none. */
export function claudeIn({ PATH }: Environment): string {
  const file = findClaude(PATH);
  if (file !== undefined) return file;
  throw new OpsError(
    'precondition_failed',
    'There is no claude on the PATH, so no agent can work.',
    'Install Claude Code (npm install --global @anthropic-ai/claude-code), or add its folder to PATH.',
  );
}

async function claudeProblem(env: Environment): Promise<OpsError | undefined> {
  try {
    const file = claudeIn(env);
    const version = await claudeVersion(file);
    if (version !== undefined && !isOlder(version, OLDEST)) return undefined;
    return new OpsError(
      'precondition_failed',
      version === undefined ? `${file} does not tell its version.` : `${file} is version ${version}.`,
      `Agents need Claude Code ${OLDEST} or newer: claude update`,
    );
  } catch (error) {
    if (error instanceof OpsError) return error;
    throw error;
  }
}

function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) < 0;
}

function credentialsProblem(env: Environment, { home }: Paths): OpsError | undefined {
  if ([...CREDENTIALS, ...PROVIDERS].some((name) => (env[name] ?? '') !== '')) return undefined;
  // Its tokens are renewed by use, so that a second user of it would sign the person out.
  const own = existsSync(join(home, '.credentials.json')) ? ' The login of a terminal is not used by a daemon.' : '';
  return new OpsError(
    'unauthorized',
    `There are no credentials for Claude.${own}`,
    `Set CLAUDE_CODE_OAUTH_TOKEN to what "claude setup-token" prints, or ANTHROPIC_API_KEY, in the daemon’s environment. For a cloud provider: ${PROVIDERS.join(', ')}.`,
  );
}

function profileProblem(paths: Paths): OpsError | undefined {
  try {
    checkProfiles(paths);
    return undefined;
  } catch (error) {
    if (error instanceof OpsError) return error;
    throw error;
  }
}
