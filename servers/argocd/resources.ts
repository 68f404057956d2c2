import { redactObject } from '../../shared/audit/redact.ts';
import { contentOf } from '../../shared/cluster/content.ts';
import { annotation } from '../../shared/cluster/objects.ts';
import { toYaml } from '../../shared/cluster/yaml.ts';
import { path } from '../../shared/http/path.ts';
import type { Rest } from '../../shared/http/rest.ts';
import { arrayAt, at, isObject, stringAt } from '../../shared/kernel/json.ts';
import { diffLines, type LineDiff } from '../../shared/kernel/line-diff.ts';
import type { AppRef } from './app.ts';

/** One resource of an application: as it is, and as a sync would make it. */
export interface Managed {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** As it runs; undefined where it does not exist. */
  readonly live: Record<string, unknown> | undefined;
  /** As it would run after a sync; undefined where Git has it no more. */
  readonly wanted: Record<string, unknown> | undefined;
  /** The hook types that Git gives it: it runs with a sync, and is no part of the state. */
  readonly hooks: readonly string[];
  readonly outcome: 'create' | 'change' | 'prune' | 'same' | 'hook';
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
  return arrayAt(answer, 'items').map(asManaged);
}

function asManaged(item: unknown): Managed {
  const [live, target] = [
    stateAt(item, 'normalizedLiveState') ?? stateAt(item, 'liveState'),
    stateAt(item, 'targetState'),
  ];
  const wanted = target === undefined ? undefined : (stateAt(item, 'predictedLiveState') ?? target);
  const hooks = target === undefined ? [] : hooksOf(target);
  return {
    group: stringAt(item, 'group') ?? '',
    kind: stringAt(item, 'kind') ?? '',
    namespace: stringAt(item, 'namespace') ?? '',
    name: stringAt(item, 'name') ?? '',
    live,
    wanted,
    hooks,
    outcome: outcomeOf(live, wanted, hooks.length > 0 || at(item, 'hook') === true),
  };
}

/** Argo CD sends states as JSON texts; `null` is one, too. */
function stateAt(item: unknown, key: string): Record<string, unknown> | undefined {
  const text = stringAt(item, key);
  if (text === undefined || text === '') return undefined;
  const state: unknown = JSON.parse(text);
  return isObject(state) ? state : undefined;
}

function hooksOf(target: unknown): readonly string[] {
  const text = annotation(target, 'argocd.argoproj.io/hook') ?? '';
  return text
    .split(',')
    .map((hook) => hook.trim())
    .filter(Boolean);
}

function outcomeOf(live: unknown, wanted: unknown, hook: boolean): Managed['outcome'] {
  if (hook) return 'hook';
  if (live === undefined) return wanted === undefined ? 'same' : 'create';
  if (wanted === undefined) return 'prune';
  return JSON.stringify(live) === JSON.stringify(wanted) ? 'same' : 'change';
}

/** What a sync would change of one resource, without what the server keeps by itself. Secrets are masked. */
export function diffOf({ live, wanted }: Managed): LineDiff {
  return diffLines(shown(live), shown(wanted));
}

function shown(object: Record<string, unknown> | undefined): string {
  return object === undefined ? '' : toYaml(redactObject(contentOf(object)));
}
