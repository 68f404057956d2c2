import { arrayAt, at, isObject, numberAt, stringAt } from '../../shared/kernel/json.ts';
import type { App, AppResource, Deployed, Operation, Source } from './app.ts';

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
    deletedAt: stringAt(raw, 'metadata', 'deletionTimestamp'),
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

/** The commit that an operation that was just asked for will bring. */
export function operationRevision(raw: unknown): string {
  return revisionOf(at(raw, 'operation', 'sync'));
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
