import type { Cluster } from '../../../shared/cluster/cluster.ts';
import { type Listed, listAll, METADATA_ONLY } from '../../../shared/cluster/lists.ts';
import type { KubeObject } from '../../../shared/cluster/objects.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';

/** Objects of one kind that are looked at: a cluster of this size has other tools. */
const CAP = 5_000;

const CORE = { group: '', version: 'v1', namespaced: true };
const APPS = { group: 'apps', version: 'v1', namespaced: true };

/** What `health` reads, all at once and without discovery. */
const SOURCES = {
  nodes: { resource: { ...CORE, plural: 'nodes', namespaced: false } },
  pods: { resource: { ...CORE, plural: 'pods' } },
  claims: { resource: { ...CORE, plural: 'persistentvolumeclaims' } },
  events: { resource: { ...CORE, plural: 'events' }, fields: 'type=Warning' },
  deployments: { resource: { ...APPS, plural: 'deployments' } },
  statefulSets: { resource: { ...APPS, plural: 'statefulsets' } },
  daemonSets: { resource: { ...APPS, plural: 'daemonsets' } },
  // Only who owns whom is asked of them.
  replicaSets: { resource: { ...APPS, plural: 'replicasets' }, accept: METADATA_ONLY },
  jobs: { resource: { group: 'batch', version: 'v1', namespaced: true, plural: 'jobs' } },
} as const;

type Source = keyof typeof SOURCES;

export interface Snapshot {
  readonly lists: Readonly<Record<Source, readonly KubeObject[]>>;
  /** Kinds that could not be read, with the reason. */
  readonly unread: readonly string[];
  /** Kinds of which there are more than were read. */
  readonly cut: readonly string[];
}

/** Nodes belong to no namespace: they are left out where one is named. */
export async function takeSnapshot(
  cluster: Cluster,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<Snapshot> {
  const problems: OpsError[] = [];
  const unread: string[] = [];
  const cut: string[] = [];
  const names = sources().filter((source) => source !== 'nodes' || namespace === undefined);
  const read = async (source: Source): Promise<readonly KubeObject[]> => {
    const { plural } = SOURCES[source].resource;
    const listed = await listAll(cluster, { ...SOURCES[source], namespace, cap: CAP }, signal).catch(
      (error: unknown): Listed => {
        problems.push(refusal(error));
        unread.push(plural);
        return { items: [], cut: false };
      },
    );
    if (listed.cut) cut.push(plural);
    return listed.items;
  };
  const entries = await Promise.all(names.map(async (source) => [source, await read(source)] as const));
  const [problem] = problems;
  if (problem !== undefined && problems.length === names.length) throw problem;
  return { lists: { ...NOTHING, ...Object.fromEntries(entries) }, unread, cut };
}

const NOTHING: Snapshot['lists'] = {
  nodes: [],
  pods: [],
  claims: [],
  events: [],
  deployments: [],
  statefulSets: [],
  daemonSets: [],
  replicaSets: [],
  jobs: [],
};

function sources(): readonly Source[] {
  const known = (key: string): key is Source => key in SOURCES;
  return Object.keys(SOURCES).filter(known);
}

/** What this user may not read, or this cluster does not have, is missing from the answer; all else breaks it. */
function refusal(error: unknown): OpsError {
  if (error instanceof OpsError && (error.code === 'unauthorized' || error.code === 'not_found')) return error;
  throw error;
}
