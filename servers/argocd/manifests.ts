import { redactObject } from '../../shared/audit/redact.ts';
import { contentOf } from '../../shared/cluster/content.ts';
import { annotation, type KubeObject, nameOf, namespaceOf } from '../../shared/cluster/objects.ts';
import { toYaml } from '../../shared/cluster/yaml.ts';
import { path } from '../../shared/http/path.ts';
import type { Rest } from '../../shared/http/rest.ts';
import { arrayAt, isObject, stringAt } from '../../shared/kernel/json.ts';
import { type App, type AppRef, describeResource } from './app.ts';

/** What an application consists of at a commit, hooks too. Argo CD renders it; Secrets are masked by it. */
export async function manifestsAt(
  argocd: Rest,
  ref: AppRef,
  { sources }: Pick<App, 'sources'>,
  revision: string,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const at =
    sources.length > 1
      ? { revisions: revision.split(', '), sourcePositions: sources.map((_, index) => String(index + 1)) }
      : { revision };
  const read = {
    path: path`/api/v1/applications/${ref.name}/manifests`,
    query: { ...at, appNamespace: ref.namespace },
    what: `manifests of ${ref.name} at ${revision}`,
  };
  const texts = arrayAt(await argocd.get(read, signal), 'manifests').map(String);
  return texts.map((text): unknown => JSON.parse(text)).filter(isObject);
}

/** `Deployment/web in shop` */
export function describeObject(object: KubeObject): string {
  return describeResource({
    kind: stringAt(object, 'kind') ?? '',
    name: nameOf(object),
    namespace: namespaceOf(object) ?? '',
  });
}

/** An object as a person reads it in a diff: without what the server keeps by itself, and without secrets. */
export function shownObject(object: KubeObject | undefined): string {
  if (object === undefined) return '';
  const content = contentOf(object);
  const { metadata } = content;
  if (!isObject(metadata) || !isObject(metadata.annotations)) return toYaml(redactObject(content));
  const { [LAST_APPLIED]: _, ...annotations } = metadata.annotations;
  return toYaml(redactObject({ ...content, metadata: { ...metadata, annotations } }));
}

/** kubectl keeps the whole object there a second time. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** A job or pod that runs with a sync, and is no part of the state: it stands in no comparison. */
export interface Hook {
  readonly object: KubeObject;
  /** `PreSync`, or Helm's `pre-install` */
  readonly when: string;
}

/** Those that a sync that succeeds runs; others wait for a failure or for the end of the application. */
const RUNS = /^(PreSync|Sync|PostSync|(pre|post)-(install|upgrade)|crd-install)$/;

export function hooksIn(objects: readonly KubeObject[]): readonly Hook[] {
  return objects.flatMap((object) => {
    const text = annotation(object, 'argocd.argoproj.io/hook') ?? annotation(object, 'helm.sh/hook') ?? '';
    const types = text.split(',').map((type) => type.trim());
    const running = types.filter((type) => RUNS.test(type));
    return running.length === 0 ? [] : [{ object, when: running.join(', ') }];
  });
}
