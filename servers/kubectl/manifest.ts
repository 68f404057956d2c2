import { type ManifestDocument, type Path, readDocuments } from '../../shared/cluster/documents.ts';
import { namespaceName, objectName } from '../../shared/cluster/names.ts';
import { type KubeObject, nameOf, namespaceOf } from '../../shared/cluster/objects.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, at, isObject, stringAt } from '../../shared/kernel/json.ts';

/** More than a person can read before a yes. */
const MAX_OBJECTS = 50;

/** The objects of a manifest of one or more YAML or JSON documents, in its order. Errors carry line and column. */
export function parseManifest(text: string): readonly KubeObject[] {
  const placed = readDocuments(text).flatMap(placesIn);
  if (placed.length === 0) {
    throw new OpsError('invalid_input', 'manifest: it holds no object.', 'Give apiVersion, kind and metadata.name.');
  }
  if (placed.length > MAX_OBJECTS) {
    throw new OpsError(
      'too_large',
      `manifest: ${placed.length} objects; ${MAX_OBJECTS} are the limit.`,
      'Split it into parts that a person can read.',
    );
  }
  const objects = placed.map(checked);
  refuseTwins(placed, objects);
  return objects;
}

interface Placed {
  readonly document: ManifestDocument;
  readonly value: unknown;
  readonly path: Path;
}

/** A document is one object, or a List of them. */
function placesIn(document: ManifestDocument): readonly Placed[] {
  const { value } = document;
  const isList = stringAt(value, 'kind')?.endsWith('List') && Array.isArray(at(value, 'items'));
  if (!isList) return [{ document, value, path: [] }];
  return arrayAt(value, 'items').map((item, index) => ({ document, value: item, path: ['items', index] }));
}

/** An object that can be applied: of a kind, with a name, in a namespace or in none. */
function checked({ document, value, path }: Placed): KubeObject {
  const fail = (below: Path, what: string, hint: string) => document.error([...path, ...below], what, hint);
  if (!isObject(value)) throw fail([], 'it is not an object', 'Give apiVersion, kind and metadata.name.');
  for (const key of ['apiVersion', 'kind']) {
    if (!stringAt(value, key))
      throw fail([key], `${key} is missing or not a text`, 'For example apps/v1 and Deployment.');
  }
  if (at(value, 'metadata', 'generateName') !== undefined) {
    throw fail(['metadata', 'generateName'], 'generateName cannot be applied', 'Give metadata.name.');
  }
  if (!objectName.safeParse(at(value, 'metadata', 'name')).success) {
    throw fail(['metadata', 'name'], 'metadata.name is missing or not a Kubernetes name', 'Name the object.');
  }
  if (!namespaceName.optional().safeParse(at(value, 'metadata', 'namespace')).success) {
    throw fail(['metadata', 'namespace'], 'metadata.namespace is not a namespace name', 'Use a-z, 0-9 and -.');
  }
  return value;
}

/** The later of two would silently win. */
function refuseTwins(placed: readonly Placed[], objects: readonly KubeObject[]): void {
  const seen = new Set<string>();
  for (const [index, object] of objects.entries()) {
    const what = `${stringAt(object, 'kind')}/${nameOf(object)}`;
    const group = stringAt(object, 'apiVersion')?.replace(/\/?[^/]*$/, '');
    const id = [group, namespaceOf(object), what].join(' ');
    const { document, path } = placed[index] ?? {};
    if (seen.has(id)) throw document?.error(path ?? [], `${what} stands here a second time`, 'Keep one of them.');
    seen.add(id);
  }
}
