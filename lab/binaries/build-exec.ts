import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { Env } from '../dirs.ts';
import { duration, paced, type Report } from '../report.ts';
import { findGo, goEnv } from './go-exec.ts';
import { buildFlags, type GoModule, MODULE_DIR, neededGo, PROGRAMS } from './module.ts';

const PROGRESS_EVERY_MS = 10_000;

/**
 * Builds the one binary and its names into `target`, which appears whole or not at all.
 * An interrupted build goes on where it stopped: Go's own build cache keeps each compiled package.
 */
export async function build(module: GoModule, target: string, env: Env, report: Report): Promise<void> {
  const go = await findGo(env, neededGo(module.goMod));
  await removeLeftovers(target);
  const draft = `${target}.draft-${process.pid}`;
  await mkdir(draft, { recursive: true, mode: 0o700 });
  try {
    report('building the control plane from its Go modules, once for this machine: 7 to 10 minutes on two cores');
    report('(it may be interrupted: the next run goes on where it stopped)');
    const total = await fetchModules(go, env, report);
    await compile(go, [...buildFlags(module.goMod), '-o', join(draft, 'hyperkube'), '.'], total, env, report);
    await Promise.all(PROGRAMS.map((name) => symlink('hyperkube', join(draft, name))));
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

/** Downloads what is missing and returns how many packages the binary is made of. */
async function fetchModules(go: string, env: Env, report: Report): Promise<number> {
  const say = paced(report, PROGRESS_EVERY_MS);
  let downloads = 0;
  const { stdout } = await run(go, ['list', '-deps', '.'], env, (line) => {
    if (line.startsWith('go: downloading')) say(`${++downloads} Go modules fetched`);
  });
  return stdout.split('\n').length;
}

async function compile(go: string, flags: readonly string[], total: number, env: Env, report: Report): Promise<void> {
  const started = Date.now();
  const elapsed = () => duration(Date.now() - started);
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
  await run(go, ['build', '-v', ...flags], env, onLine).finally(() => clearInterval(timer));
  report(`control plane built in ${elapsed()}`);
}

async function run(go: string, args: readonly string[], env: Env, onLine: (line: string) => void) {
  const child = execa(go, args, { cwd: MODULE_DIR, env: goEnv(env), extendEnv: false, reject: false });
  for await (const line of child.iterable({ from: 'stderr' })) onLine(line);
  const result = await child;
  if (result.failed) throw buildFailure(args, result.stderr);
  return result;
}

/** Tells apart what a person can cure: no network, no room, a Go that was killed. */
function buildFailure(args: readonly string[], stderr: string): OpsError {
  const tail = stderr.trim().split('\n').slice(-6).join('\n');
  return new OpsError('precondition_failed', `go ${args[0]} of lab/go/control-plane failed:\n${tail}`, cureOf(stderr));
}

function cureOf(stderr: string): string {
  if (/no space left/.test(stderr))
    return 'Free about 5 GB (Go keeps modules and its build cache under your home folder) and run it again.';
  if (/dial tcp|lookup |proxy|i\/o timeout|connection refused/i.test(stderr)) {
    return 'The Go module proxy was not reached: check the network, or set GOPROXY to one that you can reach, and run it again.';
  }
  return 'Run the same command again: the build goes on where it stopped.';
}
