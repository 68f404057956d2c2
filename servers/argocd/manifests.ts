import { redactObject } from '../../shared/audit/redact.ts';
import { nameOf, namespaceOf } from '../../shared/cluster/objects.ts';
import { toYaml } from '../../shared/cluster/yaml.ts';
import { path } from '../../shared/http/path.ts';
import type { Rest } from '../../shared/http/rest.ts';
import { arrayAt, isObject, stringAt } from '../../shared/kernel/json.ts';
import { diffLines, lineCount } from '../../shared/kernel/line-diff.ts';
import { type AppRef, describeResource } from './app.ts';

/** What an application would consist of at a commit, by resource. */
async function manifestsAt(
  argocd: Rest,
  ref: AppRef,
  revision: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const read = {
    path: path`/api/v1/applications/${ref.name}/manifests`,
    query: { revision, appNamespace: ref.namespace },
    what: `manifests of ${ref.name} at ${revision}`,
  };
  const texts = arrayAt(await argocd.get(read, signal), 'manifests').map(String);
  const objects = texts.map((text): unknown => JSON.parse(text)).filter(isObject);
  return new Map(
    objects.map((object) => {
      const resource = {
        kind: stringAt(object, 'kind') ?? '',
        name: nameOf(object),
        namespace: namespaceOf(object) ?? '',
      };
      return [describeResource(resource), toYaml(redactObject(object))];
    }),
  );
}

export interface ManifestDiff {
  /** `2 resources, +3 −1 lines` */
  readonly summary: string;
  readonly text: string;
}

/** How the manifests of two commits differ. Secrets are masked. */
export async function manifestDiff(
  argocd: Rest,
  ref: AppRef,
  [from, to]: readonly [string, string],
  signal: AbortSignal,
): Promise<ManifestDiff> {
  const [before, after] = await Promise.all([
    manifestsAt(argocd, ref, from, signal),
    manifestsAt(argocd, ref, to, signal),
  ]);
  const parts = [...new Set([...before.keys(), ...after.keys()])]
    .map((name) => ({ name, diff: diffLines(before.get(name) ?? '', after.get(name) ?? '') }))
    .filter(({ diff }) => diff.text !== '');
  const total = {
    added: parts.reduce((sum, { diff }) => sum + diff.added, 0),
    removed: parts.reduce((sum, { diff }) => sum + diff.removed, 0),
  };
  const what = parts
    .map(({ name }) => name)
    .slice(0, 3)
    .join(', ');
  return {
    summary: parts.length === 0 ? 'the same manifests' : `${what}${parts.length > 3 ? ', …' : ''}, ${lineCount(total)}`,
    text: parts.map(({ name, diff }) => `${name}\n${diff.text}`).join('\n'),
  };
}
