import { applicationSetOwner, appOfMark, TRACKING_ID } from '../../shared/cluster/argocd-marks.ts';
import { type Cluster, describeRef, type ObjectRef } from '../../shared/cluster/cluster.ts';
import type { Resource } from '../../shared/cluster/discovery.ts';
import { listAll } from '../../shared/cluster/lists.ts';
import { annotation, controllerOf, type KubeObject, label, nameOf, namespaceOf } from '../../shared/cluster/objects.ts';
import type { GitOpsOwner } from '../../shared/kernel/action.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, at, stringAt } from '../../shared/kernel/json.ts';
import { count } from '../../shared/kernel/text.ts';

/** Argo CD's older tracking; Helm and kustomize use the first too, so an Application must confirm it. */
const INSTANCE_LABELS = ['app.kubernetes.io/instance', 'argocd.argoproj.io/instance'];
/** Applications of one name, in all namespaces. */
const MAX_APPS = 100;

/** The Argo CD application that owns a live object. An object without a mark of Argo CD costs no request. */
export async function ownerOf(
  cluster: Cluster,
  ref: ObjectRef,
  object: KubeObject,
  signal: AbortSignal,
): Promise<GitOpsOwner | undefined> {
  const tracked = trackedBy(ref, object);
  const names = [tracked, ...INSTANCE_LABELS.map((key) => label(object, key))].filter((name) => name !== undefined);
  if (names.length > 0) {
    const owner = await applicationFor(cluster, ref, object, tracked, [...new Set(names)], signal);
    if (owner !== undefined) return describeOwner(owner);
  }
  return setOwner(ref, object);
}

/** The app of the tracking id. A copy of it (a Deployment's annotations go to its ReplicaSets) names another object. */
function trackedBy({ resource, name }: ObjectRef, object: KubeObject): string | undefined {
  const [app, type, place] = annotation(object, TRACKING_ID)?.split(':') ?? [];
  // Argo CD writes the application's namespace for an object that is in none.
  const expected = resource.namespaced ? `${namespaceOf(object)}/${name}` : `${place?.split('/')[0]}/${name}`;
  return type === `${resource.group}/${resource.kind}` && place === expected ? app : undefined;
}

async function applicationFor(
  cluster: Cluster,
  ref: ObjectRef,
  object: KubeObject,
  tracked: string | undefined,
  names: readonly string[],
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  const applications = await findApplications(cluster, signal);
  if (applications === undefined) return undefined;
  for (const name of names) {
    const apps = await applicationsNamed(cluster, applications, name, ref, signal);
    const owner = apps.find((app) => name === tracked || lists(app, ref.resource, object));
    if (owner !== undefined) return owner;
  }
  return undefined;
}

async function applicationsNamed(
  cluster: Cluster,
  resource: Resource,
  appName: string,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const { name, namespace } = appOfMark(appName);
  const fields = `metadata.name=${name}`;
  try {
    return (await listAll(cluster, { resource, namespace, fields, cap: MAX_APPS }, signal)).items;
  } catch (error) {
    if (!(error instanceof OpsError) || error.code !== 'unauthorized') throw error;
    throw new OpsError(
      'unauthorized',
      `${describeRef(ref)} carries a mark of Argo CD, and its Applications cannot be read: nobody can say whether Argo CD would revert this.`,
      "A person can grant this kubeconfig's user the right to list applications.argoproj.io.",
      { cause: error },
    );
  }
}

async function findApplications(cluster: Cluster, signal: AbortSignal): Promise<Resource | undefined> {
  try {
    return await cluster.resolve('applications.argoproj.io', signal);
  } catch (error) {
    if (error instanceof OpsError && error.code === 'not_found') return undefined;
    throw error;
  }
}

function lists(app: unknown, { group, kind }: Resource, object: KubeObject): boolean {
  return arrayAt(app, 'status', 'resources').some(
    (resource) =>
      (stringAt(resource, 'group') ?? '') === group &&
      stringAt(resource, 'kind') === kind &&
      stringAt(resource, 'name') === nameOf(object) &&
      (stringAt(resource, 'namespace') ?? '') === (namespaceOf(object) ?? ''),
  );
}

function describeOwner(app: KubeObject): GitOpsOwner {
  const sources = [at(app, 'spec', 'source') ?? [], arrayAt(app, 'spec', 'sources')].flat();
  const source = sources.find((candidate) => stringAt(candidate, 'path') !== undefined) ?? sources[0];
  const others = sources.length > 1 ? `, one of ${count(sources.length, 'source')}` : '';
  const automated = at(app, 'spec', 'syncPolicy', 'automated');
  return {
    app: nameOf(app),
    selfHeal: at(automated, 'selfHeal') === true && at(automated, 'enabled') !== false,
    repo: stringAt(source, 'repoURL') ?? 'unknown',
    path: stringAt(source, 'path') ?? stringAt(source, 'chart') ?? '.',
    revision: `${stringAt(source, 'targetRevision') ?? 'HEAD'}${others}`,
  };
}

function setOwner({ resource }: ObjectRef, object: KubeObject): GitOpsOwner | undefined {
  const owner = controllerOf(object);
  if (resource.group !== 'argoproj.io' || owner?.kind !== 'ApplicationSet') return undefined;
  return applicationSetOwner(owner.name);
}
