import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Env } from '../dirs.ts';
import { duration, paced, type Report } from '../report.ts';
import { findGo, GoRunner, needCompiler } from './go-exec.ts';
import { buildFlags, type GoModule, moduleDir, neededGo } from './module.ts';
import { copyRuntimeFiles, patchSources } from './sources-exec.ts';

const PROGRESS_EVERY_MS = 10_000;

/**
 * Builds the programs of a module into `target`, which appears whole or not at all.
 * An interrupted build goes on where it stopped: Go's own build cache keeps each compiled package.
 */
export async function build(module: GoModule, target: string, env: Env, report: Report): Promise<void> {
  const { spec } = module;
  const path = await findGo(env, neededGo(module.goMod), spec.title);
  if (spec.cgo) await needCompiler(env, spec.title);
  const go = new GoRunner(path, moduleDir(spec), env, spec.cgo ?? false);
  await removeLeftovers(target);
  const draft = `${target}.draft-${process.pid}`;
  const sources = join(draft, 'sources');
  await mkdir(sources, { recursive: true, mode: 0o700 });
  try {
    report(`building ${spec.title} from Go modules, once for this machine: ${spec.takes} on two cores`);
    report('(it may be interrupted: the next run goes on where it stopped)');
    const modfile = await patchSources(go, module, sources);
    await compile(go, module, modfile, draft, report);
    await copyRuntimeFiles(go, spec, draft);
    await rm(sources, { recursive: true, force: true });
    await rm(target, { recursive: true, force: true });
    await rename(draft, target);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** A killed build leaves its draft. The caller holds the lock of `target`, so no living build owns one. */
async function removeLeftovers(target: string): Promise<void> {
  const names = await readdir(dirname(target)).catch(() => []);
  const drafts = names.filter((name) => name.startsWith(`${basename(target)}.draft-`));
  await Promise.all(drafts.map((name) => rm(join(dirname(target), name), { recursive: true, force: true })));
}

async function compile(go: GoRunner, module: GoModule, modfile: readonly string[], draft: string, report: Report) {
  const started = Date.now();
  const elapsed = () => duration(Date.now() - started);
  const { spec, goMod } = module;
  const total = await fetchModules(go, module, modfile, report);
  const say = paced(report, PROGRESS_EVERY_MS);
  let compiled = 0;
  const show = () => say(`${compiled} packages compiled, of at most ${total} (${elapsed()})`);
  // By a timer too: some packages take a minute by themselves.
  const timer = setInterval(show, PROGRESS_EVERY_MS);
  // -v prints a line for each package that is compiled now; those in Go's cache are not printed.
  const onLine = (line: string) => {
    if (!line.startsWith('go: ')) compiled++;
    show();
  };
  try {
    for (const step of spec.builds) {
      const out = ['-o', join(draft, step.binary), step.package];
      await go.run(['build', '-v', ...modfile, ...buildFlags(goMod, step), ...out], onLine);
      await Promise.all((step.names ?? []).map((name) => symlink(step.binary, join(draft, name))));
    }
  } finally {
    clearInterval(timer);
  }
  report(`${spec.title} built in ${elapsed()}`);
}

/** Downloads what is missing and returns how many packages the programs are made of. */
async function fetchModules(go: GoRunner, { spec }: GoModule, modfile: readonly string[], report: Report) {
  const say = paced(report, PROGRESS_EVERY_MS);
  let downloads = 0;
  const packages = new Set<string>();
  for (const step of spec.builds) {
    const tags = step.tags === undefined ? [] : [`-tags=${step.tags}`];
    const { stdout } = await go.run(['list', '-deps', ...modfile, ...tags, step.package], (line) => {
      if (line.startsWith('go: downloading')) say(`${++downloads} Go modules fetched`);
    });
    for (const name of stdout.split('\n')) packages.add(name);
  }
  return packages.size;
}
