import { closest } from 'fastest-levenshtein';
import type { Kind } from '../kernel/action.ts';
import type { Clock } from '../kernel/clock.ts';
import { OpsError } from '../kernel/errors.ts';
import { arrayAt, at, stringAt } from '../kernel/json.ts';

/** A resource type as the API server serves it. */
export interface Resource extends Kind {
  readonly version: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** `get`, `list`, `delete`, ... */
  readonly verbs: readonly string[];
  /** `scale`, `status`, `log`, ... */
  readonly subresources: readonly string[];
}

/** Aggregated discovery: the whole catalogue in two requests (Kubernetes 1.30 and newer). */
export const DISCOVERY_ACCEPT = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

/** Milliseconds: for how long the catalogue is good, and how soon an unknown kind may fetch it again (a new CRD). */
const LIFE = 600_000;
const RETRY = 5_000;

/** The kinds of one cluster under all of their spellings. */
export class Discovery {
  readonly #fetch: (path: '/api' | '/apis', signal: AbortSignal) => Promise<unknown>;
  readonly #clock: Clock;
  #known: { readonly at: number; readonly resources: Promise<readonly Resource[]> } | undefined;

  constructor(fetch: (path: '/api' | '/apis', signal: AbortSignal) => Promise<unknown>, clock: Clock) {
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /** `Pod`, `pods`, `po`, `deployments.apps`, `deployment.v1.apps`: all the same resource. */
  async resolve(spelling: string, signal: AbortSignal): Promise<Resource> {
    const found =
      find(await this.#resources(LIFE, signal), spelling) ?? find(await this.#resources(RETRY, signal), spelling);
    if (found !== undefined) return found;
    const names = (await this.#resources(LIFE, signal)).map(({ plural }) => plural);
    throw new OpsError(
      'not_found',
      `The cluster has no kind "${spelling}".`,
      `Did you mean "${closest(spelling.toLowerCase(), names)}"?`,
    );
  }

  /** The resource of a manifest's `apiVersion` and `kind`. */
  async resolveExact(apiVersion: string, kind: string, signal: AbortSignal): Promise<Resource> {
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/', 2) : ['', apiVersion];
    const exact = (resource: Resource) =>
      resource.kind === kind && resource.group === group && resource.version === version;
    const found =
      (await this.#resources(LIFE, signal)).find(exact) ?? (await this.#resources(RETRY, signal)).find(exact);
    if (found !== undefined) return found;
    throw new OpsError(
      'not_found',
      `The cluster has no ${kind} in ${apiVersion}.`,
      'Check apiVersion and kind; if it is a custom resource, its CRD is missing.',
    );
  }

  /** Every kind in every version, the preferred one of a group first. */
  all(signal: AbortSignal): Promise<readonly Resource[]> {
    return this.#resources(LIFE, signal);
  }

  #resources(life: number, signal: AbortSignal): Promise<readonly Resource[]> {
    const now = this.#clock.now();
    if (this.#known === undefined || now - this.#known.at >= life) {
      const resources = this.#load(signal);
      this.#known = { at: now, resources };
      // A catalogue that could not be fetched is not kept.
      resources.catch(() => {
        if (this.#known?.resources === resources) this.#known = undefined;
      });
    }
    return this.#known.resources;
  }

  async #load(signal: AbortSignal): Promise<readonly Resource[]> {
    const lists = await Promise.all([this.#fetch('/api', signal), this.#fetch('/apis', signal)]);
    return lists.flatMap((list) => arrayAt(list, 'items').flatMap(resourcesOf));
  }
}

/** All versions of a group, the preferred one first. */
function resourcesOf(item: unknown): readonly Resource[] {
  const group = stringAt(item, 'metadata', 'name') ?? '';
  return arrayAt(item, 'versions').flatMap((version) =>
    arrayAt(version, 'resources').map((resource) => parseResource(group, stringAt(version, 'version') ?? '', resource)),
  );
}

function parseResource(group: string, version: string, resource: unknown): Resource {
  const plural = stringAt(resource, 'resource') ?? '';
  const singular = stringAt(resource, 'singularResource') ?? '';
  const kind = stringAt(resource, 'responseKind', 'kind') ?? '';
  const short = arrayAt(resource, 'shortNames').filter((name) => typeof name === 'string');
  const names = [plural, singular, kind.toLowerCase(), ...short].filter((name) => name !== '');
  return {
    group,
    version,
    plural,
    kind,
    names: [...new Set(names)],
    namespaced: at(resource, 'scope') === 'Namespaced',
    verbs: arrayAt(resource, 'verbs').filter((verb) => typeof verb === 'string'),
    subresources: arrayAt(resource, 'subresources').flatMap((sub) => stringAt(sub, 'subresource') ?? []),
  };
}

/** Core first, then the groups in the API server's order of preference, as kubectl does. */
function find(resources: readonly Resource[], spelling: string): Resource | undefined {
  const [name = '', ...qualifier] = spelling.toLowerCase().split('.');
  const suffix = qualifier.join('.');
  return resources.find(
    ({ names, group, version }) =>
      names.includes(name) &&
      (suffix === '' || suffix === group || suffix === `${version}.${group}` || suffix === version),
  );
}
