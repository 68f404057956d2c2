import { floorOfChange, isOurs, OURS_FLOOR } from '../../shared/cluster/floors.ts';
import { type KubeObject, nameOf } from '../../shared/cluster/objects.ts';
import type { Facts } from '../../shared/kernel/action.ts';
import { stringAt } from '../../shared/kernel/json.ts';

/** What a change through Argo CD does to one object. */
export interface Change {
  readonly live?: KubeObject | undefined;
  readonly wanted?: KubeObject | undefined;
}

/** What is forbidden live is forbidden by way of Argo CD, too; and rights are never given without a person. */
export function factsOfChanges(changes: readonly Change[]): Facts {
  for (const { live, wanted } of changes) {
    const floor = wanted === undefined ? floorOfRemoval(live) : floorOfChange(live, wanted);
    const object = wanted ?? live;
    if (floor !== undefined) return { floor: `${stringAt(object, 'kind') ?? ''}/${nameOf(object)}: ${floor}` };
  }
  const rights = changes.some(({ live, wanted }) => isRbac(wanted ?? live));
  return rights ? { minimumTier: 'confirm' } : {};
}

/** A deletion that a person has approved is no change of the approval. */
function floorOfRemoval(live: KubeObject | undefined): string | undefined {
  return isOurs(live) ? OURS_FLOOR : undefined;
}

function isRbac(object: KubeObject | undefined): boolean {
  return (stringAt(object, 'apiVersion') ?? '').startsWith('rbac.authorization.k8s.io/');
}
