import { readDocuments } from '../../shared/cluster/documents.ts';
import type { KubeObject } from '../../shared/cluster/objects.ts';
import { isObject, stringAt } from '../../shared/kernel/json.ts';
import type { FileChange } from './changes.ts';

/** Why a file of YAML is none that goes to the cluster as it stands, or undefined. */
export function notApplied(path: string, text: string): string | undefined {
  const name = path.split('/').at(-1) ?? path;
  if (!/\.(ya?ml|json)$/.test(name)) return 'not YAML';
  if (/^kustomization\.ya?ml$/.test(name)) return 'kustomize builds from it';
  if (name === 'Chart.yaml' || /^values.*\.ya?ml$/.test(name)) return 'Helm reads it';
  if (/(^|\/)templates\//.test(path) && text.includes('{{')) return 'a Helm template';
  return undefined;
}

/** The Kubernetes objects in a file; none where it is no manifest, or cannot be read as one. */
export function objectsIn(path: string, text: string | undefined): readonly KubeObject[] {
  if (text === undefined || notApplied(path, text) !== undefined) return [];
  try {
    return manifestsIn(path, text);
  } catch {
    return [];
  }
}

/** The same; text that is no YAML is an error with file, line and column. */
export function manifestsIn(path: string, text: string): readonly KubeObject[] {
  return readDocuments(text, path)
    .flatMap(({ value }) => (stringAt(value, 'kind')?.endsWith('List') && isObject(value) ? listed(value) : [value]))
    .filter((value): value is KubeObject => isObject(value) && isManifest(value));
}

function listed(value: Record<string, unknown>): readonly unknown[] {
  return Array.isArray(value.items) ? value.items : [value];
}

function isManifest(value: unknown): boolean {
  return stringAt(value, 'apiVersion') !== undefined && stringAt(value, 'kind') !== undefined;
}

/** Files that Argo CD, Helm or kustomize may make objects of, and that are none as they stand. */
export function isSource({ path, before, after }: FileChange): boolean {
  if (!/\.(ya?ml|json|tpl|jsonnet|libsonnet|cue|gotmpl)$/.test(path) && !/(^|\/)templates\//.test(path)) return false;
  return [before?.text, after?.text].some((text) => text !== undefined && objectsIn(path, text).length === 0);
}

/** An object before and after a change, by what it is called. */
export interface ObjectChange {
  readonly path: string;
  readonly before: KubeObject | undefined;
  readonly after: KubeObject | undefined;
}

export function objectChanges({ path, before, after }: FileChange): readonly ObjectChange[] {
  const old = new Map(objectsIn(path, before?.text).map((object) => [idOf(object), object]));
  const wanted = new Map(objectsIn(path, after?.text).map((object) => [idOf(object), object]));
  return [...new Set([...old.keys(), ...wanted.keys()])].map((id) => ({
    path,
    before: old.get(id),
    after: wanted.get(id),
  }));
}

function idOf(object: KubeObject): string {
  const { apiVersion, kind } = object;
  return JSON.stringify([
    apiVersion,
    kind,
    stringAt(object, 'metadata', 'namespace'),
    stringAt(object, 'metadata', 'name'),
  ]);
}
