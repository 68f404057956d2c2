import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments, stringify } from 'yaml';
import { kubectl, type Target } from '../../lab/kubectl-exec.ts';
import type { KubeObject } from '../../shared/cluster/objects.ts';
import { isObject } from '../../shared/kernel/json.ts';

/** `deploy/`, with its symbolic links resolved, as kustomize sees it. */
export const DEPLOY = realpathSync(fileURLToPath(new URL('../../deploy', import.meta.url)));

/** A kustomization as a user writes one, of folders in `deploy/`. */
interface Kustomization {
  readonly resources: readonly string[];
  readonly components?: readonly string[];
  readonly [setting: string]: unknown;
}

/** What `kubectl kustomize` makes of a kustomization of one's own on top of these folders. */
export async function render(lab: Target, { resources, components = [], ...rest }: Kustomization) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'k8s-agent-deploy-')));
  const from = (path: string) => relative(folder, join(DEPLOY, path));
  const kustomization = { ...rest, resources: resources.map(from), components: components.map(from) };
  writeFileSync(join(folder, 'kustomization.yaml'), stringify(kustomization));
  const rendering = kubectl(lab, ['kustomize', folder]);
  return objectsIn(await rendering.finally(() => rmSync(folder, { recursive: true })));
}

export function objectsIn(text: string): KubeObject[] {
  return parseAllDocuments(text)
    .map((document): unknown => document.toJS())
    .filter(isObject);
}

/** The one object of a kind. */
export function theOne(kind: string, objects: readonly KubeObject[]): KubeObject {
  const [object, ...others] = objects.filter((one) => one.kind === kind);
  if (object === undefined || others.length > 0) throw new Error(`${others.length + (object ? 1 : 0)} of ${kind}`);
  return object;
}
