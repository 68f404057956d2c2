import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir, type Env } from '../dirs.ts';
import { underLock } from '../lock.ts';
import type { Report } from '../report.ts';
import { build } from './build-exec.ts';
import { findPrograms } from './found-exec.ts';
import { cacheKey, type GoModule, PROGRAMS, type Program, pinned, readModule } from './module.ts';

export interface Programs {
  readonly path: (program: Program) => string;
  /** What to do when one of them turns out not to run. */
  readonly cure: string;
}

/**
 * The programs of the control plane: from the user's cache, else from KUBEBUILDER_ASSETS and the PATH when these
 * hold all of them in usable versions, else built. A build makes all of them, so a mixed set would save nothing.
 */
export async function resolvePrograms(env: Env, report: Report): Promise<Programs> {
  const module = await readModule();
  const dir = programsDir(env, module);
  if (await holdsAll(dir)) return inCache(dir);
  const found = await findPrograms(env, pinned(module.goMod, 'k8s.io/kubernetes'));
  if (found.problems.length === 0) return outside(found.paths);
  report(`not all programs are at hand (${found.problems.join(', ')})`);
  await underLock(`${dir}.lock`, 'another run builds the control plane; waiting for it', report, async () => {
    if (!(await holdsAll(dir))) await build(module, dir, env, report);
  });
  return inCache(dir);
}

export function programsDir(env: Env, module: GoModule): string {
  return join(cacheDir(env), 'programs', cacheKey(module, `${process.platform}-${process.arch}`));
}

async function holdsAll(dir: string): Promise<boolean> {
  const sizes = await Promise.all(
    PROGRAMS.map((name) =>
      stat(join(dir, name)).then(
        (file) => file.size,
        () => 0,
      ),
    ),
  );
  return sizes.every((size) => size > 0);
}

function inCache(dir: string): Programs {
  return {
    path: (program) => join(dir, program),
    cure: `Delete ${dir} and run the same command again: it is built anew, in about a minute from Go's build cache.`,
  };
}

function outside(paths: ReadonlyMap<Program, string>): Programs {
  return {
    path: (program) => paths.get(program) ?? program,
    cure: 'It comes from KUBEBUILDER_ASSETS or the PATH: repair it there, or take it away, so that the lab builds its own.',
  };
}
