import type { Cluster } from '../../shared/cluster/cluster.ts';
import { arrayAt } from '../../shared/kernel/json.ts';

/** What is in the cluster: the lists that the metrics are made of. */
const PATHS = {
  nodes: '/api/v1/nodes',
  namespaces: '/api/v1/namespaces',
  pods: '/api/v1/pods',
  claims: '/api/v1/persistentvolumeclaims',
  volumes: '/api/v1/persistentvolumes',
  deployments: '/apis/apps/v1/deployments',
  replicaSets: '/apis/apps/v1/replicasets',
  statefulSets: '/apis/apps/v1/statefulsets',
  daemonSets: '/apis/apps/v1/daemonsets',
  jobs: '/apis/batch/v1/jobs',
} as const;

export type ClusterState = Readonly<Record<keyof typeof PATHS, readonly unknown[]>>;

/** Several targets are scraped in the same moment; they are answered from one look. */
const FRESH_MS = 1500;
const TIMEOUT_MS = 10_000;

/** Looks at the cluster, at most every second or so. */
export class StateReader {
  readonly #cluster: Cluster;
  #last: { readonly at: number; readonly state: Promise<ClusterState> } | undefined;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  read(): Promise<ClusterState> {
    const now = Date.now();
    if (this.#last === undefined || now - this.#last.at > FRESH_MS) this.#last = { at: now, state: this.#look() };
    return this.#last.state;
  }

  async #look(): Promise<ClusterState> {
    const list = async (path: string) => {
      // From the API server's own memory: a look costs etcd nothing.
      const query = { resourceVersion: '0' };
      return arrayAt(await this.#cluster.getJson(path, path, AbortSignal.timeout(TIMEOUT_MS), query), 'items');
    };
    const [nodes, namespaces, pods, claims, volumes, deployments, replicaSets, statefulSets, daemonSets, jobs] =
      await Promise.all([
        list(PATHS.nodes),
        list(PATHS.namespaces),
        list(PATHS.pods),
        list(PATHS.claims),
        list(PATHS.volumes),
        list(PATHS.deployments),
        list(PATHS.replicaSets),
        list(PATHS.statefulSets),
        list(PATHS.daemonSets),
        list(PATHS.jobs),
      ]);
    return { nodes, namespaces, pods, claims, volumes, deployments, replicaSets, statefulSets, daemonSets, jobs };
  }
}
