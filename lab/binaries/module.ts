import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Program } from './programs.ts';

/** One `go build`. */
export interface BuildStep {
  readonly package: string;
  readonly binary: string;
  /** Further names by which the binary is called, and which pick the program in it. */
  readonly names?: readonly Program[];
  readonly tags?: string;
  readonly ldflags: (goMod: string) => string;
}

/** A change to a module's source that no flag makes: a text that takes the place of another, or of a missing file. */
export interface Patch {
  readonly module: string;
  readonly file: string;
  readonly find?: string;
  readonly text: string;
}

/** What a program reads at run time: a file or folder of its module that is kept beside it. */
interface RuntimeFile {
  readonly module: string;
  readonly from: string;
  readonly to: string;
  /** Go's module files have no such bit. */
  readonly executable?: true;
}

/** A Go module below lab/go: what it is built into. */
export interface ModuleSpec {
  readonly name: string;
  readonly title: string;
  /** A cold build on two cores. */
  readonly takes: string;
  readonly programs: readonly Program[];
  /** Our own Go files. */
  readonly sources: readonly string[];
  readonly builds: readonly BuildStep[];
  /** Whether it needs a C compiler. */
  readonly cgo?: boolean;
  readonly patches?: readonly Patch[];
  readonly files?: readonly RuntimeFile[];
}

/** What decides the bytes of the programs, beside the Go release. */
export interface GoModule {
  readonly spec: ModuleSpec;
  readonly goMod: string;
  readonly goSum: string;
  readonly main: string;
}

export const moduleDir = ({ name }: ModuleSpec) => join(import.meta.dirname, '..', 'go', name);

export async function readModule(spec: ModuleSpec): Promise<GoModule> {
  const read = (name: string) => readFile(join(moduleDir(spec), name), 'utf8');
  const [goMod, goSum, ...sources] = await Promise.all([read('go.mod'), read('go.sum'), ...spec.sources.map(read)]);
  return { spec, goMod, goSum, main: sources.join('\n') };
}

/** The version, without its `v`, that go.mod pins a module to. */
export function pinned(goMod: string, module: string): string {
  const line = goMod.split('\n').find((text) => text.trim().replace('require ', '').startsWith(`${module} v`));
  const version = line?.trim().replace('require ', '').split(/\s+/)[1];
  if (version === undefined) throw new Error(`go.mod pins no ${module}`);
  return version.slice(1);
}

/** The oldest Go that builds the module: its own `go` line. */
export function neededGo(goMod: string): string {
  return /^go (\S+)$/m.exec(goMod)?.[1] ?? '';
}

/** Flags of `go build`. */
export function buildFlags(goMod: string, { tags, ldflags }: BuildStep): readonly string[] {
  const tagged = tags === undefined ? [] : [`-tags=${tags}`];
  return ['-trimpath', '-buildvcs=false', '-mod=readonly', ...tagged, '-ldflags', ldflags(goMod)];
}

/** Names a build in the cache: the same key means the same programs. */
export function cacheKey({ spec, goMod, goSum, main }: GoModule, platform: string): string {
  const flags = spec.builds.flatMap((step) => buildFlags(goMod, step));
  const data = [...(spec.patches ?? []), ...(spec.files ?? [])].map((item) => JSON.stringify(item));
  const hash = createHash('sha256');
  for (const part of [goMod, goSum, main, platform, ...flags, ...data]) hash.update(`${part.length}\n${part}`);
  return `${platform}-${hash.digest('hex').slice(0, 16)}`;
}
