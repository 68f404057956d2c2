import { annotation, type KubeObject } from '../../shared/cluster/objects.ts';
import { path } from '../../shared/http/path.ts';
import type { Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, at, isObject, stringAt } from '../../shared/kernel/json.ts';
import { diffLines, type LineDiff } from '../../shared/kernel/line-diff.ts';
import type { AppRef } from './app.ts';
import { shownObject } from './manifests.ts';

/** One resource of an application: as it is, and as a sync would make it. */
export interface Managed {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** As it runs; undefined where it does not exist. */
  readonly live: KubeObject | undefined;
  /** As it would run after a sync; undefined where Git has it no more. */
  readonly wanted: KubeObject | undefined;
  /** Its own sync options: `Prune=false`, `Replace=true`, ... */
  readonly options: readonly string[];
  readonly outcome: 'create' | 'change' | 'prune' | 'same';
}

/** Compares as Argo CD does: its normalized live state with the state that it predicts after a sync. */
export async function managedResources(argocd: Rest, ref: AppRef, signal: AbortSignal): Promise<readonly Managed[]> {
  const query = { appNamespace: ref.namespace };
  const read = {
    path: path`/api/v1/applications/${ref.name}/managed-resources`,
    query,
    what: `resources of ${ref.name}`,
  };
  const answer = await argocd.get(read, signal);
  return arrayAt(answer, 'items')
    .filter((item) => at(item, 'hook') !== true)
    .map(asManaged);
}

export function asManaged(item: unknown): Managed {
  const live = stateAt(item, 'normalizedLiveState') ?? stateAt(item, 'liveState');
  const target = stateAt(item, 'targetState');
  const wanted = target === undefined ? undefined : (stateAt(item, 'predictedLiveState') ?? target);
  const options = annotation(target ?? live, 'argocd.argoproj.io/sync-options') ?? '';
  return {
    group: stringAt(item, 'group') ?? '',
    kind: stringAt(item, 'kind') ?? '',
    namespace: stringAt(item, 'namespace') ?? '',
    name: stringAt(item, 'name') ?? '',
    live,
    wanted,
    options: options.split(',').map((option) => option.trim()),
    outcome: outcomeOf(live, wanted),
  };
}

/** Argo CD sends states as JSON texts; `null` is one, too. */
function stateAt(item: unknown, key: string): KubeObject | undefined {
  const text = stringAt(item, key);
  if (text === undefined || text === '') return undefined;
  const state: unknown = JSON.parse(text);
  return isObject(state) ? state : undefined;
}

function outcomeOf(live: unknown, wanted: unknown): Managed['outcome'] {
  if (live === undefined) return wanted === undefined ? 'same' : 'create';
  if (wanted === undefined) return 'prune';
  return JSON.stringify(live) === JSON.stringify(wanted) ? 'same' : 'change';
}

/** What a sync would change of one resource. Secrets are masked. */
export function diffOf({ live, wanted }: Managed): LineDiff {
  return diffLines(shownObject(live), shownObject(wanted));
}

/** Those of one name; of several namespaces there may be several. */
export function choose(managed: readonly Managed[], wanted: string): readonly Managed[] {
  const found = managed.filter((one) => operandOf(one) === wanted);
  if (found.length > 0) return found;
  const known = managed.map(operandOf).slice(0, 30);
  throw new OpsError('not_found', `The application has no ${wanted}.`, `It has: ${known.join(', ')}.`);
}

/** `apps/Deployment/web`, as the tools take it. */
function operandOf({ group, kind, name }: Pick<Managed, 'group' | 'kind' | 'name'>): string {
  return [group, kind, name].filter(Boolean).join('/');
}
