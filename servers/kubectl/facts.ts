import type { Facts, GitOpsOwner } from '../../shared/kernel/action.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, at, stringAt } from '../../shared/kernel/json.ts';
import { type Cluster, type ObjectRef, pathOf } from './cluster/cluster.ts';
import type { Resource } from './cluster/discovery.ts';
import { annotation, type KubeObject, label, nameOf } from './cluster/objects.ts';

/** `<app>:<group>/<kind>:<namespace>/<name>` (Argo CD's default resource tracking). */
const TRACKING_ID = 'argocd.argoproj.io/tracking-id';
/** Argo CD's older tracking; Helm and kustomize use the same label, so an Application must confirm it. */
const INSTANCE = 'app.kubernetes.io/instance';
/** Objects of this system itself carry it: its own policy, state and rights are not changed through it. */
const PART_OF = 'app.kubernetes.io/part-of';
const OURS = 'k8s-agent-orchestrator';

/** What the policy has to know about a live object before it decides. */
export async function factsFor(cluster: Cluster, ref: ObjectRef, signal: AbortSignal): Promise<Facts> {
  const object = await cluster.find(ref, signal);
  return object === undefined ? {} : factsOf(cluster, ref.resource, object, signal);
}

export async function factsOf(
  cluster: Cluster,
  resource: Resource,
  object: KubeObject,
  signal: AbortSignal,
): Promise<Facts> {
  if (label(object, PART_OF) === OURS)
    return { floor: 'this belongs to k8s-agent-orchestrator itself: a person changes it, not an agent.' };
  const gitops = await ownerOf(cluster, resource, object, signal);
  return gitops === undefined ? {} : { gitops };
}

async function ownerOf(
  cluster: Cluster,
  resource: Resource,
  object: KubeObject,
  signal: AbortSignal,
): Promise<GitOpsOwner | undefined> {
  const tracked = annotation(object, TRACKING_ID)?.split(':')[0];
  const name = tracked ?? label(object, INSTANCE);
  if (name === undefined) return undefined;
  const apps = await applicationsNamed(cluster, name, signal);
  const app = apps.find((candidate) => tracked !== undefined || lists(candidate, resource, object));
  return app === undefined ? undefined : describeOwner(app);
}

/** Argo CD writes `<namespace>_<app>` for apps outside of its own namespace. */
async function applicationsNamed(cluster: Cluster, name: string, signal: AbortSignal): Promise<readonly unknown[]> {
  const applications = await findApplications(cluster, signal);
  if (applications === undefined) return [];
  const list = await cluster.getJson(pathOf({ resource: applications }), 'list applications of Argo CD', signal);
  return arrayAt(list, 'items').filter(
    (app) => nameOf(app) === name || `${stringAt(app, 'metadata', 'namespace')}_${nameOf(app)}` === name,
  );
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
  const { name, namespace } = { name: nameOf(object), namespace: stringAt(object, 'metadata', 'namespace') ?? '' };
  return arrayAt(app, 'status', 'resources').some(
    (resource) =>
      (stringAt(resource, 'group') ?? '') === group &&
      stringAt(resource, 'kind') === kind &&
      stringAt(resource, 'name') === name &&
      (stringAt(resource, 'namespace') ?? '') === namespace,
  );
}

function describeOwner(app: unknown): GitOpsOwner {
  const source = at(app, 'spec', 'source') ?? arrayAt(app, 'spec', 'sources')[0];
  return {
    app: nameOf(app),
    selfHeal:
      at(app, 'spec', 'syncPolicy', 'automated', 'selfHeal') === true &&
      at(app, 'spec', 'syncPolicy', 'automated', 'enabled') !== false,
    repo: stringAt(source, 'repoURL') ?? 'unknown',
    path: stringAt(source, 'path') ?? stringAt(source, 'chart') ?? '.',
    revision: stringAt(source, 'targetRevision') ?? 'HEAD',
  };
}
