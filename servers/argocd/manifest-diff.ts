import type { KubeObject } from '../../shared/cluster/objects.ts';
import { diffLines, type LineDiff, lineCount } from '../../shared/kernel/line-diff.ts';
import { describeObject, hooksIn, shownObject } from './manifests.ts';

/** How one resource's manifest differs between two commits. */
export interface ManifestChange {
  readonly name: string;
  readonly before: KubeObject | undefined;
  readonly after: KubeObject | undefined;
  readonly diff: LineDiff;
}

/** What differs between the manifests of two commits. Hooks are left out: they run, or not, with a sync. */
export function manifestChanges(
  before: readonly KubeObject[],
  after: readonly KubeObject[],
): readonly ManifestChange[] {
  const [old, wanted] = [byName(before), byName(after)];
  return [...new Set([...old.keys(), ...wanted.keys()])]
    .map((name) => {
      const change = { name, before: old.get(name), after: wanted.get(name) };
      return { ...change, diff: diffLines(shownObject(change.before), shownObject(change.after)) };
    })
    .filter(({ diff }) => diff.text !== '');
}

function byName(objects: readonly KubeObject[]): ReadonlyMap<string, KubeObject> {
  const hooks = new Set(hooksIn(objects).map(({ object }) => object));
  return new Map(objects.filter((object) => !hooks.has(object)).map((object) => [describeObject(object), object]));
}

/** `Deployment/web in shop, Service/web in shop, +3 −1 lines` */
export function summaryOf(changes: readonly ManifestChange[]): string {
  if (changes.length === 0) return 'the same manifests';
  const total = (count: (diff: LineDiff) => number) => changes.reduce((sum, { diff }) => sum + count(diff), 0);
  const names = changes.map(({ name }) => name).slice(0, 3);
  const more = changes.length > 3 ? `, and ${changes.length - 3} more` : '';
  const lines = lineCount({ added: total(({ added }) => added), removed: total(({ removed }) => removed) });
  return `${names.join(', ')}${more}, ${lines}`;
}
