import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import type { GoRunner } from './go-exec.ts';
import type { GoModule, ModuleSpec, Patch } from './module.ts';

const download = z.object({ Dir: z.string() });

/**
 * Copies the modules that a patch changes into `dir`, changes the copies, and returns the flags that build with them:
 * a go.mod of our own beside the one that is checked in, since Go lets no `-overlay` touch its module cache.
 */
export async function patchSources(go: GoRunner, module: GoModule, dir: string): Promise<readonly string[]> {
  const patches = module.spec.patches ?? [];
  if (patches.length === 0) return [];
  const replaces: string[] = [];
  for (const name of new Set(patches.map((patch) => patch.module))) {
    const copy = join(dir, name);
    await copyWritable(await moduleSource(go, name), copy);
    for (const patch of patches.filter((each) => each.module === name)) await apply(copy, patch);
    replaces.push(`replace ${name} => ${JSON.stringify(copy)}`);
  }
  await writeFile(join(dir, 'go.mod'), [module.goMod, ...replaces, ''].join('\n'));
  await writeFile(join(dir, 'go.sum'), module.goSum);
  return [`-modfile=${join(dir, 'go.mod')}`];
}

/** Puts what the programs read at run time beside them, so that a later start needs neither Go nor its caches. */
export async function copyRuntimeFiles(go: GoRunner, { files = [] }: ModuleSpec, target: string): Promise<void> {
  for (const { module, from, to, executable } of files) {
    await copyWritable(join(await moduleSource(go, module), from), join(target, to));
    if (executable) await chmod(join(target, to), 0o755);
  }
}

/** Where Go keeps a module's source, fetched and checked against go.sum if need be. */
async function moduleSource(go: GoRunner, module: string): Promise<string> {
  const { stdout } = await go.run(['mod', 'download', '-json', module]);
  return download.parse(JSON.parse(stdout)).Dir;
}

/** Go's cache is read-only; a copy that is too could not be changed, and not be taken away again. */
async function copyWritable(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await execa('cp', ['-R', from, to]);
  await execa('chmod', ['-R', 'u+w', to]);
}

async function apply(copy: string, { file, find, text }: Patch): Promise<void> {
  const path = join(copy, file);
  await mkdir(dirname(path), { recursive: true });
  if (find === undefined) return writeFile(path, text);
  const source = await readFile(path, 'utf8');
  if (!source.includes(find))
    throw new Error(`${file} no longer holds ${find}: look at the patch in lab/binaries/modules.ts`);
  await writeFile(path, source.replace(find, text));
}
