import { execa } from 'execa';
import { OpsError } from '../shared/kernel/errors.ts';
import type { Env } from './dirs.ts';

export const USUAL_PATH = '/usr/bin:/bin';

/** A PATH on which git is found: Argo CD and Gitea call it. Throws an OpsError with its cure where there is none. */
export async function toolPathWithGit(env: Env): Promise<string> {
  const folders = [...USUAL_PATH.split(':'), ...(env.PATH ?? '').split(':').filter(Boolean)];
  for (const folder of folders) {
    const { failed } = await execa(`${folder}/git`, ['--version'], { reject: false, stdin: 'ignore' });
    if (!failed) return [...new Set([folder, ...USUAL_PATH.split(':')])].join(':');
  }
  throw new OpsError(
    'precondition_failed',
    'The lab needs git for Argo CD and Gitea, and there is none on the PATH.',
    'Install git (Debian: apt-get install git), or bring up the cluster alone: npm run lab -- up --only cluster.',
  );
}
