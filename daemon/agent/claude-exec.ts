import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';

/** Path of the person's own `claude`, as a shell would find it. */
export function findClaude(path: string | undefined): string | undefined {
  return (path ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'claude'))
    .find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** `2.1.330`; undefined where it does not say. It asks nobody for that. */
export async function claudeVersion(file: string): Promise<string | undefined> {
  const { stdout } = await execa(file, ['--version'], {
    env: { DISABLE_AUTOUPDATER: '1', PATH: process.env.PATH ?? '' },
    extendEnv: false,
    reject: false,
    timeout: 20_000,
  });
  return /^\d+\.\d+\.\d+/.exec(typeof stdout === 'string' ? stdout : '')?.[0];
}
