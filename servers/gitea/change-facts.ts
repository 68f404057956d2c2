import { floorOfChange } from '../../shared/cluster/floors.ts';
import type { Facts } from '../../shared/kernel/action.ts';
import { stringAt } from '../../shared/kernel/json.ts';
import type { FileChange } from './changes.ts';
import { objectChanges } from './manifests.ts';

/** Kinds that no configuration lets pass without a person: rights, and what would put a secret into Git's history. */
const ALWAYS_ASKED = ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'Secret'];

/**
 * What the policy has to know of a change in Git: Argo CD would bring it to the cluster, so the floors of a live change
 * hold here, too (docs/decisions/0012-floors-in-git.md).
 */
export function factsOf(changes: readonly FileChange[]): Facts {
  const objects = changes.flatMap(objectChanges);
  for (const { path, before, after } of objects) {
    const floor = floorOfChange(before, after);
    if (floor !== undefined) return { floor: `${path}: ${floor}` };
  }
  const asked = objects.some(({ before, after }) => ALWAYS_ASKED.includes(stringAt(after ?? before, 'kind') ?? ''));
  return asked ? { minimumTier: 'confirm' } : {};
}

/** What a person should know before they say yes. */
export function risksOf(changes: readonly FileChange[]): readonly string[] {
  const objects = changes.flatMap(objectChanges);
  const secrets = objects.filter(({ after }) => stringAt(after, 'kind') === 'Secret');
  const gone = objects.filter(({ before, after }) => before !== undefined && after === undefined);
  const named = (list: typeof objects) =>
    list.map(
      ({ before, after }) => `${stringAt(after ?? before, 'kind')}/${stringAt(after ?? before, 'metadata', 'name')}`,
    );
  return [
    ...(secrets.length > 0 ? [`puts ${named(secrets).join(', ')} into Git in plain text, for ever`] : []),
    ...(gone.length > 0 ? [`takes ${named(gone).join(', ')} out: Argo CD deletes it where pruning is on`] : []),
  ];
}
