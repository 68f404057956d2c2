import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { Env } from '../dirs.ts';

/** Where Go's own installer puts it: shells that were not set up again lack it on their PATH. */
const USUAL_GO = '/usr/local/go/bin/go';

/** The environment of every `go` that we run: the user's proxies and caches, but none of their build settings. */
export function goEnv(env: Env): Record<string, string | undefined> {
  return {
    ...env,
    CGO_ENABLED: '0',
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
export function goProblem(found: readonly GoFound[], needed: string): OpsError | undefined {
  if (found.some(({ version }) => isAtLeast(version, needed))) return undefined;
  const seen = found.map(({ path, version }) => `${path} is Go ${version}`).join(', ');
  return new OpsError(
    'precondition_failed',
    `The lab builds its control plane once, with Go ${needed} or newer: ${seen || 'no go was found on the PATH'}.`,
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
export async function findGo(env: Env, needed: string): Promise<string> {
  const folders = (env.PATH ?? '').split(':').filter(Boolean);
  const candidates = [...new Set([...folders.map((folder) => join(folder, 'go')), USUAL_GO])];
  const found: GoFound[] = [];
  for (const path of candidates) {
    if (!(await exists(path))) continue;
    const go = await probe(path, env);
    if (go !== undefined) found.push(go);
    if (go !== undefined && isAtLeast(go.version, needed)) return go.path;
  }
  throw goProblem(found, needed) ?? new Error('unreachable: a good Go returns above');
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
