import type { HttpRequest, HttpResponse, Query } from '../http/send.ts';
import type { Clock } from '../kernel/clock.ts';
import { OpsError } from '../kernel/errors.ts';
import { isObject } from '../kernel/json.ts';
import { once } from '../kernel/once.ts';
import { DISCOVERY_ACCEPT, Discovery, type Resource } from './discovery.ts';
import type { Connection } from './kubeconfig.ts';
import { apiPath } from './names.ts';
import type { KubeObject } from './objects.ts';
import { ensureOk, jsonOf } from './status.ts';

/** One object: its type, where it is, and what it is called. */
export interface ObjectRef {
  readonly resource: Resource;
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** Reads from one cluster. What writes is in `writer.ts` and demands a Permit. */
export class Cluster {
  readonly connection: () => Promise<Connection>;
  readonly discovery: Discovery;

  /** `open` runs on first use: a missing kubeconfig never stops the server from starting. */
  constructor(open: () => Promise<Connection>, clock: Clock) {
    this.connection = once(open);
    this.discovery = new Discovery(async (path, signal) => {
      const response = await this.send({ method: 'GET', path, accept: DISCOVERY_ACCEPT, signal });
      return jsonOf(ensureOk(response, 'API discovery'), 'API discovery');
    }, clock);
  }

  /** TLS and HTTP are loaded with the first request: a server that has not been asked yet needs neither. */
  async send(call: HttpRequest): Promise<HttpResponse> {
    const [connection, { send }] = await Promise.all([this.connection(), import('../http/send.ts')]);
    return send(connection, call);
  }

  resolve(spelling: string, signal: AbortSignal): Promise<Resource> {
    return this.discovery.resolve(spelling, signal);
  }

  /** The namespace to use for a namespaced kind where the caller named none: the context's. */
  async namespaceFor(resource: Resource, namespace: string | undefined): Promise<string | undefined> {
    if (!resource.namespaced) return undefined;
    return namespace ?? (await this.connection()).namespace;
  }

  async get(ref: ObjectRef, signal: AbortSignal): Promise<KubeObject> {
    return this.getJson(pathOf(ref), describeRef(ref), signal);
  }

  async find(ref: ObjectRef, signal: AbortSignal): Promise<KubeObject | undefined> {
    try {
      return await this.get(ref, signal);
    } catch (error) {
      if (error instanceof OpsError && error.code === 'not_found') return undefined;
      throw error;
    }
  }

  async getJson(
    path: string,
    what: string,
    signal: AbortSignal,
    query: Query = {},
    accept?: string,
  ): Promise<KubeObject> {
    const response = await this.send({ method: 'GET', path, query, signal, ...(accept && { accept }) });
    const value = jsonOf(ensureOk(response, what), what);
    if (isObject(value)) return value;
    throw new OpsError(
      'rejected_by_backend',
      `${what}: the answer is not an object.`,
      'Check that the kubeconfig names an API server.',
    );
  }
}

/** What a path needs of a type: the built-in ones are known without discovery. */
export type Endpoint = Pick<Resource, 'group' | 'version' | 'plural' | 'namespaced'>;

/** `/api/v1/pods`, `/apis/apps/v1/namespaces/shop/deployments/web/scale` */
export function pathOf(
  { resource, namespace, name }: Partial<Omit<ObjectRef, 'resource'>> & { readonly resource: Endpoint },
  ...sub: readonly string[]
): string {
  const root = resource.group === '' ? ['api', resource.version] : ['apis', resource.group, resource.version];
  const scope = resource.namespaced && namespace !== undefined ? ['namespaces', namespace] : [];
  return apiPath(...root, ...scope, resource.plural, ...(name === undefined ? [] : [name]), ...sub);
}

export function describeRef({ resource, namespace, name }: ObjectRef): string {
  return `${resource.kind}/${name}${namespace === undefined ? '' : ` in ${namespace}`}`;
}
