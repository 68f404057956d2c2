import { kubectlToolset } from '../../servers/kubectl/toolset.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { clusterFor } from './lab.ts';
import { type ToolRig, toolRig } from './tool-rig.ts';

/** The kubectl server's tools behind the real gate, on the cluster of a kubeconfig. */
export function kubectlRig(kubeconfig: string, autonomy?: unknown): ToolRig {
  const deps = { cluster: clusterFor(kubeconfig), clock: systemClock, describe: async () => undefined };
  return toolRig((ports) => kubectlToolset(deps, ports), autonomy);
}
