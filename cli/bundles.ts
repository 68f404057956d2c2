import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { OpsError } from '../shared/kernel/errors.ts';

export type BundleName = 'kubectl' | 'argocd' | 'prometheus' | 'gitea' | 'workflows' | 'guard' | 'dashboard';

const SOURCES = ['shared', 'servers', 'claude-config', 'dashboard', 'package-lock.json'];

export function bundlePath(root: string, name: BundleName): string {
  return name === 'dashboard' ? join(root, 'dist', name, `${name}.js`) : join(root, 'dist', `${name}.js`);
}

/** Why a bundle cannot be used as it is; undefined: it can. */
export function bundleProblem(root: string, name: BundleName): string | undefined {
  const bundle = statSync(bundlePath(root, name), { throwIfNoEntry: false });
  if (bundle === undefined) return `${bundlePath(root, name)} is missing`;
  if (!isCheckout(root)) return undefined;
  const newest = Math.max(...SOURCES.map((source) => newestIn(join(root, source))));
  return newest > bundle.mtimeMs ? `${bundlePath(root, name)} is older than its sources` : undefined;
}

/** In a checkout the bundle is built where it is missing or old; the published package brings it. */
export async function ensureBundle(root: string, name: BundleName): Promise<string> {
  const problem = bundleProblem(root, name);
  if (problem === undefined) return bundlePath(root, name);
  if (!isCheckout(root)) throw new OpsError('precondition_failed', `${problem}.`, 'Install the package again.');
  // Once for all that ask for one of them at the same time: an agent's servers do.
  building ??= buildAll(root).finally(() => {
    building = undefined;
  });
  await building;
  return bundlePath(root, name);
}

let building: Promise<void> | undefined;

async function buildAll(root: string): Promise<void> {
  const tools: unknown = await import(pathToFileURL(join(root, 'tools', 'build.ts')).href);
  if (typeof tools !== 'object' || tools === null || !('build' in tools) || typeof tools.build !== 'function') {
    throw new OpsError('internal', 'tools/build.ts exports no build.', 'Repair the checkout.');
  }
  await tools.build({ faultPoints: false });
}

function isCheckout(root: string): boolean {
  return existsSync(join(root, 'tools', 'build.ts'));
}

/** Modification time of the newest file in a folder, in milliseconds since the epoch. */
function newestIn(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}
