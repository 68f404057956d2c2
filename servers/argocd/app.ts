import { closest } from 'fastest-levenshtein';
import { path } from '../../shared/http/path.ts';
import type { Rest } from '../../shared/http/rest.ts';
import { isStatus } from '../../shared/http/rest.ts';
import type { Facts } from '../../shared/kernel/action.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, at, isObject, numberAt, stringAt } from '../../shared/kernel/json.ts';
import type { Target } from '../../shared/tool/define.ts';
import { APPLICATION } from './api.ts';

/** How an application is named: `shop`, or `team-a/shop` where it is not in Argo CD's own namespace. */
export interface AppRef {
  readonly name: string;
  /** Undefined: Argo CD's own. */
  readonly namespace?: string | undefined;
}

export interface Source {
  readonly repo: string;
  /** Folder or chart. */
  readonly path: string;
  readonly revision: string;
}

export interface Operation {
  /** `Running`, `Succeeded`, `Failed`, `Error`, `Terminating` */
  readonly phase: string;
  readonly message: string;
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
  readonly revision: string;
  readonly by: string;
  readonly retries: number;
}

export interface AppResource {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** `Synced`, `OutOfSync`, `Unknown` */
  readonly sync: string;
  readonly health: string;
  readonly message: string;
  readonly wave: number;
  readonly hook: boolean;
  readonly prune: boolean;
}

export interface Deployed {
  readonly id: number;
  readonly revision: string;
  readonly at: string;
  readonly by: string;
  readonly source: Source | undefined;
}

/** An Application as Argo CD's API gives it, with what the tools need of it at hand. */
export interface App {
  readonly name: string;
  readonly namespace: string;
  readonly project: string;
  readonly sources: readonly Source[];
  readonly destination: string;
  readonly sync: string;
  /** The commit that it was compared with last. */
  readonly revision: string;
  readonly health: string;
  readonly healthMessage: string;
  readonly auto: { readonly on: boolean; readonly prune: boolean; readonly selfHeal: boolean };
  readonly options: readonly string[];
  readonly conditions: readonly { readonly type: string; readonly message: string }[];
  readonly operation: Operation | undefined;
  readonly resources: readonly AppResource[];
  /** The newest first. */
  readonly history: readonly Deployed[];
  readonly raw: Record<string, unknown>;
}

/** What a call on an application acts on, for policy. */
export function targetOf({ name, namespace }: AppRef, facts?: Facts): Target {
  return { kind: APPLICATION, name, ...(namespace && { namespace }), ...(facts && { facts }) };
}

export async function readApp(
  argocd: Rest,
  ref: AppRef,
  signal: AbortSignal,
  refresh?: 'normal' | 'hard',
): Promise<App> {
  const query = { appNamespace: ref.namespace, refresh };
  const read = { path: path`/api/v1/applications/${ref.name}`, query, what: `application ${ref.name}` };
  const found = await argocd.get(read, signal).catch((error: unknown) => unknown(argocd, ref, signal, error));
  return asApp(found);
}

/** Argo CD says 403, too, of an application that is not there, unless the account may read all of them. */
async function unknown(argocd: Rest, { name }: AppRef, signal: AbortSignal, error: unknown): Promise<never> {
  if (!isStatus(error, 404) && !isStatus(error, 403)) throw error;
  const names = (await appsOf(argocd, {}, signal)).map((app) => app.name);
  if (names.includes(name)) throw error;
  const near = names.length === 0 ? 'There are none.' : `Did you mean "${closest(name, names)}"? See list_apps.`;
  throw new OpsError('not_found', `There is no application ${name} that this account may see.`, near, { cause: error });
}

export async function appsOf(
  argocd: Rest,
  query: { readonly projects?: string; readonly appNamespace?: string; readonly selector?: string },
  signal: AbortSignal,
): Promise<readonly App[]> {
  const list = await argocd.get({ path: path`/api/v1/applications`, query, what: 'applications' }, signal);
  return arrayAt(list, 'items').filter(isObject).map(asApp);
}

export function asApp(raw: unknown): App {
  const automated = at(raw, 'spec', 'syncPolicy', 'automated');
  const on = isObject(automated) && automated.enabled !== false;
  return {
    name: stringAt(raw, 'metadata', 'name') ?? '',
    namespace: stringAt(raw, 'metadata', 'namespace') ?? '',
    project: stringAt(raw, 'spec', 'project') ?? 'default',
    sources: sourcesOf(at(raw, 'spec')),
    destination: destinationOf(at(raw, 'spec', 'destination')),
    sync: stringAt(raw, 'status', 'sync', 'status') ?? 'Unknown',
    revision: revisionOf(at(raw, 'status', 'sync')),
    health: stringAt(raw, 'status', 'health', 'status') ?? 'Unknown',
    healthMessage: stringAt(raw, 'status', 'health', 'message') ?? '',
    auto: { on, prune: on && automated.prune === true, selfHeal: on && automated.selfHeal === true },
    options: arrayAt(raw, 'spec', 'syncPolicy', 'syncOptions').map(String),
    conditions: arrayAt(raw, 'status', 'conditions').map((one) => ({
      type: stringAt(one, 'type') ?? '',
      message: stringAt(one, 'message') ?? '',
    })),
    operation: operationOf(raw),
    resources: arrayAt(raw, 'status', 'resources').map(asResource),
    history: arrayAt(raw, 'status', 'history').map(asDeployed).reverse(),
    raw: isObject(raw) ? raw : {},
  };
}

export function sourcesOf(spec: unknown): readonly Source[] {
  const several = arrayAt(spec, 'sources');
  const all = several.length > 0 ? several : [at(spec, 'source')].filter(isObject);
  return all.map(asSource);
}

function asSource(source: unknown): Source {
  return {
    repo: stringAt(source, 'repoURL') ?? '',
    path: stringAt(source, 'path') ?? stringAt(source, 'chart') ?? '.',
    revision: stringAt(source, 'targetRevision') || 'HEAD',
  };
}

function destinationOf(destination: unknown): string {
  const cluster = stringAt(destination, 'name') || stringAt(destination, 'server') || '';
  const here = cluster === 'https://kubernetes.default.svc' ? 'in-cluster' : cluster;
  return `${stringAt(destination, 'namespace') || '(namespaces of the manifests)'} on ${here}`;
}

function revisionOf(value: unknown): string {
  return stringAt(value, 'revision') || arrayAt(value, 'revisions').join(', ');
}

function operationOf(raw: unknown): Operation | undefined {
  const state = at(raw, 'status', 'operationState');
  const waiting = at(raw, 'operation');
  // Asked for, and not yet taken up by the controller.
  if (isObject(waiting) && stringAt(state, 'phase') !== 'Running') {
    const by = stringAt(waiting, 'initiatedBy', 'username') ?? 'auto-sync';
    return {
      phase: 'Running',
      message: 'waiting for the controller',
      startedAt: '',
      finishedAt: undefined,
      revision: '',
      by,
      retries: 0,
    };
  }
  if (!isObject(state)) return undefined;
  return {
    phase: stringAt(state, 'phase') ?? 'Unknown',
    message: stringAt(state, 'message') ?? '',
    startedAt: stringAt(state, 'startedAt') ?? '',
    finishedAt: stringAt(state, 'finishedAt'),
    revision: revisionOf(at(state, 'syncResult')) || revisionOf(at(state, 'operation', 'sync')),
    by: stringAt(state, 'operation', 'initiatedBy', 'username') ?? 'auto-sync',
    retries: numberAt(state, 'retryCount') ?? 0,
  };
}

function asResource(value: unknown): AppResource {
  return {
    group: stringAt(value, 'group') ?? '',
    kind: stringAt(value, 'kind') ?? '',
    namespace: stringAt(value, 'namespace') ?? '',
    name: stringAt(value, 'name') ?? '',
    sync: stringAt(value, 'status') ?? '',
    health: stringAt(value, 'health', 'status') ?? '',
    message: stringAt(value, 'health', 'message') ?? '',
    wave: numberAt(value, 'syncWave') ?? 0,
    hook: at(value, 'hook') === true,
    prune: at(value, 'requiresPruning') === true,
  };
}

function asDeployed(value: unknown): Deployed {
  return {
    id: numberAt(value, 'id') ?? 0,
    revision: revisionOf(value),
    at: stringAt(value, 'deployedAt') ?? '',
    by:
      stringAt(value, 'initiatedBy', 'username') ?? (at(value, 'initiatedBy', 'automated') === true ? 'auto-sync' : ''),
    source: sourcesOf(value)[0],
  };
}

/** `Deployment/web in shop` */
export function describeResource({ kind, name, namespace }: Pick<AppResource, 'kind' | 'name' | 'namespace'>): string {
  return `${kind}/${name}${namespace === '' ? '' : ` in ${namespace}`}`;
}

/** `repo path (revision)`, for a person who looks for the place to change. */
export function describeSource({ repo, path, revision }: Source): string {
  return `${repo} path ${path} (${revision})`;
}
