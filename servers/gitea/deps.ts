import type { Cluster } from '../../shared/cluster/cluster.ts';
import type { Rest } from '../../shared/http/rest.ts';
import { defineTool } from '../../shared/tool/define.ts';
import { oncePerCallWith } from '../../shared/tool/once-per-call.ts';

export interface GiteaDeps {
  readonly gitea: Rest;
  /** Tries out the manifests of a change; undefined where no cluster is connected. */
  readonly cluster: () => Promise<Cluster | undefined>;
}

export const giteaTool = defineTool<GiteaDeps>();

export const oncePerCall = oncePerCallWith<GiteaDeps>();
