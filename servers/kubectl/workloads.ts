import { isDeepStrictEqual } from 'node:util';
import type { ObjectRef } from '../../shared/cluster/cluster.ts';
import { type KubeObject, replicasOf } from '../../shared/cluster/objects.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { at } from '../../shared/kernel/json.ts';
import { count } from '../../shared/kernel/text.ts';

/** The kinds that replace their pods when the pods' template changes. */
const ROLLED = ['Deployment', 'StatefulSet', 'DaemonSet'];

function isRolled({ resource }: ObjectRef): boolean {
  return resource.group === 'apps' && ROLLED.includes(resource.kind);
}

/** `a rollout replaces its 3 pods`; undefined where no pod is touched. */
export function rolloutRisk(ref: ObjectRef, live: KubeObject | undefined, wanted: KubeObject): string | undefined {
  if (live === undefined || !isRolled(ref)) return undefined;
  if (isDeepStrictEqual(at(live, 'spec', 'template'), at(wanted, 'spec', 'template'))) return undefined;
  if (at(wanted, 'spec', 'paused') === true) return 'it is paused: the rollout waits for resume';
  return ref.resource.kind === 'DaemonSet'
    ? 'a rollout replaces its pods, node by node'
    : `a rollout replaces its ${count(replicasOf(live), 'pod')}`;
}

/** Refuses kinds that a rollout verb does not know, as kubectl does. */
export function demandKind(ref: ObjectRef, verb: string, kinds: readonly string[] = ROLLED): void {
  if (ref.resource.group === 'apps' && kinds.includes(ref.resource.kind)) return;
  throw new OpsError(
    'invalid_input',
    `A ${ref.resource.kind} has no rollout to ${verb}.`,
    `Kinds: ${kinds.join(', ')}.`,
  );
}
