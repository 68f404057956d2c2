import manifest from '../../package.json' with { type: 'json' };
import { boot, runServer, scrubEnvironment } from '../../shared/boot/boot.ts';
import { Cluster } from '../../shared/cluster/cluster.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { describeWith } from './describe-exec.ts';
import { kubectlToolset } from './toolset.ts';

/** Joins the adapters of the kubectl server to their ports, and serves. */
export function run(env: NodeJS.ProcessEnv): void {
  scrubEnvironment(env);
  const booted = boot('kubectl', env);
  const kubeconfig = async () => (await booted.config()).kubectl;
  const cluster = new Cluster(async () => {
    const { connect } = await import('../../shared/cluster/kubeconfig.ts');
    return connect(await kubeconfig(), systemClock);
  }, systemClock);
  const deps = { cluster, clock: systemClock, describe: describeWith(kubeconfig, env) };
  runServer(kubectlToolset(deps, booted.ports), booted, manifest.version);
}
