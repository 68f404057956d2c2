import { applicationSetOwner, appOfMark, TRACKING_ID } from '../../shared/cluster/argocd-marks.ts';
import { isOurs, OURS_FLOOR } from '../../shared/cluster/floors.ts';
import { annotation, controllerOf } from '../../shared/cluster/objects.ts';
import type { Rest } from '../../shared/http/rest.ts';
import type { Facts, GitOpsOwner } from '../../shared/kernel/action.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { App } from './app.ts';
import { sourcesOf } from './parse-app.ts';
import { readApp } from './read-app.ts';

/** What an application is made by, when it is not made by hand. */
export type Owner =
  | { readonly kind: 'ApplicationSet'; readonly name: string }
  /** The parent of an app of apps, by Argo CD's tracking id; undefined where it cannot be read. */
  | { readonly kind: 'Application'; readonly name: string; readonly parent: App | undefined };

export async function ownerOf(argocd: Rest, app: App, signal: AbortSignal): Promise<Owner | undefined> {
  const controller = controllerOf(app.raw);
  if (controller?.kind === 'ApplicationSet') return { kind: 'ApplicationSet', name: controller.name };
  // `<parent>:argoproj.io/Application:<namespace>/<name>`; a copy of the annotation names another object.
  const [parent, type, place] = annotation(app.raw, TRACKING_ID)?.split(':') ?? [];
  if (parent === undefined || type !== 'argoproj.io/Application' || place !== `${app.namespace}/${app.name}`)
    return undefined;
  const { name, namespace } = appOfMark(parent);
  const found = await readApp(argocd, { name, namespace }, signal).catch((error: unknown) => {
    if (error instanceof OpsError && ['not_found', 'unauthorized'].includes(error.code)) return undefined;
    throw error;
  });
  return { kind: 'Application', name, parent: found };
}

/** What policy has to know before an application itself is changed. */
export async function factsOf(argocd: Rest, app: App, signal: AbortSignal): Promise<Facts> {
  if (isOurs(app.raw)) return { floor: OURS_FLOOR };
  const owner = await ownerOf(argocd, app, signal);
  return owner === undefined ? {} : { gitops: gitopsOf(owner) };
}

function gitopsOf(owner: Owner): GitOpsOwner {
  if (owner.kind === 'ApplicationSet') return applicationSetOwner(owner.name);
  const [source] = owner.parent === undefined ? [] : sourcesOf(owner.parent.raw.spec);
  return {
    app: owner.name,
    // A parent that cannot be read may heal: the stricter answer.
    selfHeal: owner.parent?.auto.selfHeal ?? true,
    repo: source?.repo ?? 'unknown',
    path: source?.path ?? '.',
    revision: source?.revision ?? 'HEAD',
  };
}

export function describeOwner(owner: Owner | undefined): string {
  if (owner === undefined) return 'made by hand';
  if (owner.kind === 'ApplicationSet') return `made by ApplicationSet ${owner.name}: change its template`;
  const [source] = owner.parent?.sources ?? [];
  const where = source === undefined ? '' : `, in ${source.repo} path ${source.path} (${source.revision})`;
  return `made by application ${owner.name} (app of apps)${where}`;
}
