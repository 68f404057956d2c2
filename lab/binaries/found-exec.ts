import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Env } from '../dirs.ts';
import { isAtLeast } from './go-exec.ts';
import { controlPlane } from './modules.ts';
import type { Program } from './programs.ts';

export interface Found {
  readonly paths: ReadonlyMap<Program, string>;
  /** One line for each program that is missing or will not do. */
  readonly problems: readonly string[];
}

/** Kubernetes' own programs must be of one minor release; the others need at least what the lab was written for. */
const OLDEST: Partial<Record<Program, string>> = { etcd: '3.5.0', kwok: '0.8.0', 'metrics-server': '0.7.0' };

/** Looks for each program in KUBEBUILDER_ASSETS, then on the PATH, and runs it to learn its version. */
export async function findPrograms(env: Env, kubernetes: string): Promise<Found> {
  const folders = [env.KUBEBUILDER_ASSETS ?? '', ...(env.PATH ?? '').split(':')].filter(Boolean);
  const paths = new Map<Program, string>();
  const problems: string[] = [];
  for (const program of controlPlane.programs) {
    const path = await firstExecutable(folders, program);
    const problem = path === undefined ? `no ${program}` : await unusable(path, program, kubernetes);
    if (path !== undefined && problem === undefined) paths.set(program, path);
    else problems.push(problem ?? `no ${program}`);
  }
  return { paths, problems };
}

async function firstExecutable(folders: readonly string[], program: Program): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, program);
    const usable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return path;
  }
  return undefined;
}

async function unusable(path: string, program: Program, kubernetes: string): Promise<string | undefined> {
  const args = program === 'kubectl' ? ['version', '--client'] : ['--version'];
  const { all, failed } = await execa(path, args, { reject: false, all: true, timeout: 10_000, stdin: 'ignore' });
  if (failed) return `${path} does not run`;
  return versionProblem(path, program, all, kubernetes);
}

/** Why this version will not do; undefined when it will. A vendor's dispatcher (`v1.32.4-dispatcher`) is not kubectl. */
export function versionProblem(path: string, program: Program, output: string, kubernetes: string): string | undefined {
  const [, version = '', suffix = ''] = /(\d+\.\d+\.\d+)(-[\w.]+)?/.exec(output) ?? [];
  const oldest = OLDEST[program];
  if (oldest !== undefined) {
    return isAtLeast(version || '0', oldest)
      ? undefined
      : `${path} is ${version || 'of no version'}, not ${oldest} or newer`;
  }
  const minor = kubernetes.split('.').slice(0, 2).join('.');
  const matches = version.startsWith(`${minor}.`) && !suffix.includes('dispatcher');
  return matches ? undefined : `${path} is ${version || 'of no version'}${suffix}, not ${minor}`;
}
