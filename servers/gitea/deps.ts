import type { Cluster } from '../../shared/cluster/cluster.ts';
import type { Rest } from '../../shared/http/rest.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { defineTool } from '../../shared/tool/define.ts';

export interface GiteaDeps {
  readonly gitea: Rest;
  /** Tries out the manifests of a change; undefined where no cluster is connected. */
  readonly cluster: () => Promise<Cluster | undefined>;
  readonly clock: Clock;
}

export const giteaTool = defineTool<GiteaDeps>();
