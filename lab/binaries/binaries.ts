import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir, type Env } from '../dirs.ts';
import { underLock } from '../lock.ts';
import type { Report } from '../report.ts';
import { build } from './build-exec.ts';
import { findPrograms } from './found-exec.ts';
import { cacheKey, type GoModule, type ModuleSpec, pinned, readModule } from './module.ts';
import { controlPlane } from './modules.ts';
import type { Program } from './programs.ts';

export interface Programs {
  readonly path: (program: Program) => string;
  /** A file that came with the programs of a module. */
  readonly file: (module: ModuleSpec, ...parts: string[]) => string;
  /** What to do when the program at this path turns out not to run. */
  readonly cure: (path: string) => string;
}

/** Of a program that is none of ours: Node. */
const REINSTALL = 'Run `npm ci` and then the same command again.';

/** Where the programs of one module are. */
interface Source {
  readonly spec: ModuleSpec;
  readonly path: (program: Program) => string;
  readonly dir: string;
  readonly cure: string;
}

/** The programs of these modules, and only these: what is not asked for is not built. */
export async function resolvePrograms(env: Env, report: Report, specs: readonly ModuleSpec[]): Promise<Programs> {
  const sources: Source[] = [];
  // One after the other: each build uses all cores by itself.
  for (const spec of specs) sources.push(await resolveModule(await readModule(spec), env, report));
  const of = (program: Program) => {
    const source = sources.find(({ spec }) => spec.programs.includes(program));
    if (source === undefined) throw new Error(`${program} was not asked for`);
    return source;
  };
  return {
    path: (program) => of(program).path(program),
    file: (module, ...parts) => join(sources.find(({ spec }) => spec === module)?.dir ?? '', ...parts),
    cure: (path) =>
      sources.find(({ spec, path: at }) => spec.programs.some((name) => at(name) === path))?.cure ?? REINSTALL,
  };
}

/**
 * From the user's cache, else (the control plane alone) from KUBEBUILDER_ASSETS and the PATH when these hold all of its
 * programs in usable versions, else built. A build makes all of them, so a mixed set would save nothing.
 */
async function resolveModule(module: GoModule, env: Env, report: Report): Promise<Source> {
  const { spec } = module;
  const dir = programsDir(env, module);
  if (await holdsAll(dir, spec)) return inCache(dir, spec);
  if (spec === controlPlane) {
    const found = await findPrograms(env, pinned(module.goMod, 'k8s.io/kubernetes'));
    if (found.problems.length === 0) return outside(found.paths, spec);
    report(`not all programs are at hand (${found.problems.join(', ')})`);
  }
  await underLock(`${dir}.lock`, `another run builds ${spec.title}; waiting for it`, report, async () => {
    if (!(await holdsAll(dir, spec))) await build(module, dir, env, report);
  });
  return inCache(dir, spec);
}

export function programsDir(env: Env, module: GoModule): string {
  return join(cacheDir(env), 'programs', cacheKey(module, `${process.platform}-${process.arch}`));
}

async function holdsAll(dir: string, { programs }: ModuleSpec): Promise<boolean> {
  const sizes = await Promise.all(
    programs.map((name) =>
      stat(join(dir, name)).then(
        (file) => file.size,
        () => 0,
      ),
    ),
  );
  return sizes.every((size) => size > 0);
}

function inCache(dir: string, spec: ModuleSpec): Source {
  return {
    spec,
    dir,
    path: (program) => join(dir, program),
    cure: `Delete ${dir} and run the same command again: it is built anew, in about a minute from Go's build cache.`,
  };
}

function outside(paths: ReadonlyMap<Program, string>, spec: ModuleSpec): Source {
  return {
    spec,
    dir: '',
    path: (program) => paths.get(program) ?? program,
    cure: 'It comes from KUBEBUILDER_ASSETS or the PATH: repair it there, or take it away, so that the lab builds its own.',
  };
}
