import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The Go module that holds every program of the control plane. */
export const MODULE_DIR = join(import.meta.dirname, '..', 'go', 'control-plane');

/** The programs in the one binary, each called by its own name. */
export const PROGRAMS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kwok',
  'metrics-server',
] as const;

export type Program = (typeof PROGRAMS)[number];

/** What decides the bytes of the binary, beside the Go release. */
export interface GoModule {
  readonly goMod: string;
  readonly goSum: string;
  readonly main: string;
}

export async function readModule(): Promise<GoModule> {
  const read = (name: string) => readFile(join(MODULE_DIR, name), 'utf8');
  const [goMod, goSum, main] = await Promise.all([read('go.mod'), read('go.sum'), read('main.go')]);
  return { goMod, goSum, main };
}

/** The version, without its `v`, that go.mod pins a module to. */
export function pinned(goMod: string, module: string): string {
  const line = goMod.split('\n').find((text) => text.trim().startsWith(`${module} v`));
  const version = line?.trim().split(/\s+/)[1];
  if (version === undefined) throw new Error(`lab/go/control-plane/go.mod pins no ${module}`);
  return version.slice(1);
}

/** The oldest Go that builds the module: its own `go` line. */
export function neededGo(goMod: string): string {
  return /^go (\S+)$/m.exec(goMod)?.[1] ?? '';
}

/** Flags of `go build`. Versions are stamped, since clients ask the API server for its own. */
export function buildFlags(goMod: string): readonly string[] {
  const version = pinned(goMod, 'k8s.io/kubernetes');
  const [major, minor] = version.split('.');
  const stamps = [`gitVersion=v${version}`, `gitMajor=${major}`, `gitMinor=${minor}`, 'gitTreeState=clean'];
  const targets = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
  const ldflags = targets.flatMap((target) => stamps.map((stamp) => `-X ${target}.${stamp}`));
  const kwok = `-X sigs.k8s.io/kwok/pkg/consts.Version=v${pinned(goMod, 'sigs.k8s.io/kwok')}`;
  return ['-trimpath', '-buildvcs=false', '-mod=readonly', '-ldflags', ['-s -w', ...ldflags, kwok].join(' ')];
}

/** Names a build in the cache: the same key means the same programs. */
export function cacheKey(module: GoModule, platform: string): string {
  const parts = [module.goMod, module.goSum, module.main, platform, ...buildFlags(module.goMod)];
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}\n${part}`);
  return `${platform}-${hash.digest('hex').slice(0, 16)}`;
}
