import { OpsError } from '../kernel/errors.ts';
import { arrayAt, at, isObject, stringAt } from '../kernel/json.ts';
import type { Cluster } from './cluster.ts';
import type { Resource } from './discovery.ts';

/** A field or object as the API server's OpenAPI v3 documents it. */
export type Schema = Readonly<Record<string, unknown>>;

/** The documents of one cluster by their hash, so that each is read once; a changed CRD has another hash. */
const READ = new WeakMap<Cluster, Map<string, Promise<unknown>>>();
/** Documents that are kept; apps/v1 takes some 3 MB. */
const KEPT = 4;

/** The schema of one kind, with what its references point to. */
export interface KindSchema {
  readonly root: Schema;
  /** Follows `$ref`, and `allOf` of one `$ref`, as Kubernetes writes them. */
  resolve(schema: unknown): Schema;
}

export async function schemaOf(cluster: Cluster, resource: Resource, signal: AbortSignal): Promise<KindSchema> {
  const { group, version, kind } = resource;
  const schemas = at(await documentOf(cluster, resource, signal), 'components', 'schemas');
  const root = Object.values(isObject(schemas) ? schemas : {}).find((schema) =>
    arrayAt(schema, 'x-kubernetes-group-version-kind').some(
      (gvk) => at(gvk, 'group') === group && at(gvk, 'version') === version && at(gvk, 'kind') === kind,
    ),
  );
  if (!isObject(root)) throw noSchema(kind);
  return { root, resolve: (schema) => resolveIn(schemas, schema) };
}

function resolveIn(schemas: unknown, schema: unknown): Schema {
  const reference = stringAt(schema, '$ref') ?? stringAt(arrayAt(schema, 'allOf')[0], '$ref');
  if (reference === undefined) return isObject(schema) ? schema : {};
  const target = at(schemas, reference.replace('#/components/schemas/', ''));
  // The description beside a reference is about this field; the target's is about its type.
  const own = stringAt(schema, 'description');
  return { ...(isObject(target) ? target : {}), ...(own !== undefined && { description: own }) };
}

async function documentOf(cluster: Cluster, { group, version }: Resource, signal: AbortSignal): Promise<unknown> {
  const index = await cluster.getJson('/openapi/v3', 'OpenAPI index', signal);
  const key = group === '' ? `api/${version}` : `apis/${group}/${version}`;
  const url = stringAt(index, 'paths', key, 'serverRelativeURL');
  if (url === undefined) throw noSchema(`${group}/${version}`);
  const read = READ.get(cluster) ?? new Map<string, Promise<unknown>>();
  READ.set(cluster, read);
  const known = read.get(url);
  if (known !== undefined) return known;
  const [path = '', query] = url.split('?', 2);
  const hash = new URLSearchParams(query).get('hash') ?? undefined;
  const document = cluster.getJson(path, 'OpenAPI schema', signal, { hash });
  read.set(url, document);
  document.catch(() => read.delete(url));
  for (const oldest of [...read.keys()].slice(0, -KEPT)) read.delete(oldest);
  return document;
}

function noSchema(what: string): OpsError {
  return new OpsError('not_found', `The API server documents no ${what}.`, 'An aggregated API may publish no schema.');
}
