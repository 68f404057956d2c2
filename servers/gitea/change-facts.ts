import { floorOfChange, floorOfText } from '../../shared/cluster/floors.ts';
import type { Facts } from '../../shared/kernel/action.ts';
import { stringAt } from '../../shared/kernel/json.ts';
import type { Target } from '../../shared/tool/define.ts';
import { SECRET } from './api.ts';
import type { FileChange } from './changes.ts';
import { isSource, objectChanges } from './manifests.ts';

const RIGHTS = ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'];
/** Kinds that no configuration lets pass without a person: rights, and what would put a secret into Git's history. */
const ALWAYS_ASKED = [...RIGHTS, 'Secret'];
/** The same in a file that only becomes manifests in Argo CD. */
const MAY_BECOME =
  /\bkind["']?\s*:\s*["']?(?:Cluster)?Role(?:Binding)?\b|\bkind["']?\s*:\s*["']?Secret\b|\bsecretGenerator\b/;

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
  const sources = changes.filter(isSource);
  for (const { path, before, after } of sources) {
    const floor = floorOfText(before?.text, after?.text);
    if (floor !== undefined) return { floor: `${path}: ${floor}` };
  }
  const generated = sources.some(({ before, after }) => MAY_BECOME.test(`${before?.text}\n${after?.text}`));
  const asked =
    generated || objects.some(({ before, after }) => ALWAYS_ASKED.includes(stringAt(after ?? before, 'kind') ?? ''));
  return asked ? { minimumTier: 'confirm' } : {};
}

/**
 * The Secrets that a call writes into Git, as actions of their own: a rule can name them, and the log masks the whole
 * input of a call that is about one.
 */
export function secretTargets(repo: string, changes: readonly FileChange[]): readonly Target[] {
  const secrets = changes
    .flatMap(objectChanges)
    .filter(({ before, after }) => stringAt(after ?? before, 'kind') === 'Secret');
  return secrets.map(({ before, after }) => ({
    kind: SECRET,
    namespace: repo,
    name: stringAt(after ?? before, 'metadata', 'name') ?? '',
  }));
}

/** What a person should know before they say yes. */
export function risksOf(changes: readonly FileChange[]): readonly string[] {
  const objects = changes.flatMap(objectChanges);
  const secrets = objects.filter(({ after }) => stringAt(after, 'kind') === 'Secret');
  const rights = objects.filter(({ after }) => RIGHTS.includes(stringAt(after, 'kind') ?? ''));
  const gone = objects.filter(({ before, after }) => before !== undefined && after === undefined);
  const named = (list: typeof objects) =>
    list.map(
      ({ before, after }) => `${stringAt(after ?? before, 'kind')}/${stringAt(after ?? before, 'metadata', 'name')}`,
    );
  return [
    ...(secrets.length > 0 ? [`puts ${named(secrets).join(', ')} into Git in plain text, for ever`] : []),
    ...(rights.length > 0 ? [`grants rights: ${named(rights).join(', ')}`] : []),
    ...(gone.length > 0 ? [`takes ${named(gone).join(', ')} out: Argo CD deletes it where pruning is on`] : []),
  ];
}
