import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { Env } from '../dirs.ts';

/** Where Go's own installer puts it: shells that were not set up again lack it on their PATH. */
const USUAL_GO = '/usr/local/go/bin/go';

/** The environment of every `go` that we run: the user's proxies and caches, but none of their build settings. */
function goEnv(env: Env, cgo = false): Record<string, string | undefined> {
  return {
    ...env,
    CGO_ENABLED: cgo ? '1' : '0',
    GOTOOLCHAIN: 'local',
    GOWORK: 'off',
    GOFLAGS: '-mod=readonly',
    GOOS: undefined,
    GOARCH: undefined,
    GOEXPERIMENT: undefined,
  };
}

/** The `1.26.8` of `go version go1.26.8 linux/amd64`. */
export function goVersion(output: string): string | undefined {
  return /\bgo(\d+\.\d+(?:\.\d+)?)/.exec(output)?.[1];
}

/** Whether dotted version `a` is `b` or newer. */
export function isAtLeast(a: string, b: string): boolean {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** What to say about the Go that was found; undefined when it will do. */
export function goProblem(found: readonly GoFound[], needed: string, what = 'its control plane'): OpsError | undefined {
  if (found.some(({ version }) => isAtLeast(version, needed))) return undefined;
  const seen = found.map(({ path, version }) => `${path} is Go ${version}`).join(', ');
  return new OpsError(
    'precondition_failed',
    `The lab builds ${what} once, with Go ${needed} or newer: ${seen || 'no go was found on the PATH'}.`,
    `Install Go ${needed} or newer from https://go.dev/dl/, put it on the PATH (${USUAL_GO} is tried too), and run the same command again.`,
  );
}

interface GoFound {
  readonly path: string;
  readonly version: string;
}

async function probe(path: string, env: Env): Promise<GoFound | undefined> {
  const { stdout, failed } = await execa(path, ['version'], { env: goEnv(env), extendEnv: false, reject: false });
  const version = failed ? undefined : goVersion(stdout);
  return version === undefined ? undefined : { path, version };
}

/** The first Go on the PATH, or in its usual place, that is new enough. Throws an OpsError that names the cure. */
export async function findGo(env: Env, needed: string, what: string): Promise<string> {
  const folders = (env.PATH ?? '').split(':').filter(Boolean);
  const candidates = [...new Set([...folders.map((folder) => join(folder, 'go')), USUAL_GO])];
  const found: GoFound[] = [];
  for (const path of candidates) {
    if (!(await exists(path))) continue;
    const go = await probe(path, env);
    if (go !== undefined) found.push(go);
    if (go !== undefined && isAtLeast(go.version, needed)) return go.path;
  }
  throw goProblem(found, needed, what) ?? new Error('unreachable: a good Go returns above');
}

/** Throws an OpsError with its cure where no C compiler is. */
export async function needCompiler(env: Env, what: string): Promise<void> {
  const cc = env.CC || 'gcc';
  const { failed } = await execa(cc, ['--version'], { env, extendEnv: false, reject: false, stdin: 'ignore' });
  if (!failed) return;
  throw new OpsError(
    'precondition_failed',
    `The lab builds ${what} once, with a C compiler for its SQLite: ${cc} was not found or does not run.`,
    'Install gcc (Debian: apt-get install gcc libc6-dev; macOS: xcode-select --install), or name another one by CC, and run the same command again.',
  );
}

/** Runs `go` in the folder of one module. */
export class GoRunner {
  readonly #path: string;
  readonly #dir: string;
  readonly #env: Env;

  constructor(path: string, dir: string, env: Env, cgo: boolean) {
    this.#path = path;
    this.#dir = dir;
    this.#env = goEnv(env, cgo);
  }

  /** `onLine` takes each line of progress. Throws an OpsError that tells what a person can cure. */
  async run(args: readonly string[], onLine: (line: string) => void = () => {}): Promise<{ readonly stdout: string }> {
    const child = execa(this.#path, args, { cwd: this.#dir, env: this.#env, extendEnv: false, reject: false });
    for await (const line of child.iterable({ from: 'stderr' })) onLine(line);
    const result = await child;
    if (result.failed) throw goFailure(args, basename(this.#dir), result.stderr);
    return result;
  }
}

/** Tells apart what a person can cure: no network, no room, a Go that was killed. */
function goFailure([command]: readonly string[], module: string, stderr: string): OpsError {
  const tail = stderr.trim().split('\n').slice(-6).join('\n');
  return new OpsError('precondition_failed', `go ${command} of lab/go/${module} failed:\n${tail}`, cureOf(stderr));
}

function cureOf(stderr: string): string {
  if (/no space left/.test(stderr))
    return 'Free about 10 GB (Go keeps modules and its build cache under your home folder) and run it again.';
  if (/dial tcp|lookup |proxy|i\/o timeout|connection refused/i.test(stderr)) {
    return 'The Go module proxy was not reached: check the network, or set GOPROXY to one that you can reach, and run it again.';
  }
  return 'Run the same command again: the build goes on where it stopped.';
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
