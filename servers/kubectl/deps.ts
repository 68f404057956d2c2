import type { Cluster } from '../../shared/cluster/cluster.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { defineTool } from '../../shared/tool/define.ts';
import { oncePerCallWith } from '../../shared/tool/once-per-call.ts';

export interface KubectlDeps {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** Runs `kubectl describe`, or says that there is no kubectl here. */
  readonly describe: (args: DescribeArgs, signal: AbortSignal) => Promise<string | undefined>;
}

export interface DescribeArgs {
  readonly resource: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}

export const kubectlTool = defineTool<KubectlDeps>();

export const oncePerCall = oncePerCallWith<KubectlDeps>();
