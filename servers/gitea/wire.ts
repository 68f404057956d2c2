import manifest from '../../package.json' with { type: 'json' };
import { boot, runServer, scrubEnvironment } from '../../shared/boot/boot.ts';
import { Cluster } from '../../shared/cluster/cluster.ts';
import { backendSettings } from '../../shared/config/backends.ts';
import { openBackend } from '../../shared/http/backend.ts';
import { Rest } from '../../shared/http/rest.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { once } from '../../shared/kernel/once.ts';
import { DIALECT } from './api.ts';
import { giteaToolset } from './toolset.ts';

/** Joins the adapters of the gitea server to their ports, and serves. */
export function run(env: NodeJS.ProcessEnv): void {
  scrubEnvironment(env);
  const booted = boot('gitea', env);
  const open = async () => openBackend(backendSettings('gitea', await booted.config(), env));
  const cluster = once(async () => {
    const { connect } = await import('../../shared/cluster/kubeconfig.ts');
    const { kubectl } = await booted.config();
    const connection = await connect(kubectl, systemClock).catch(() => undefined);
    return connection && new Cluster(async () => connection, systemClock);
  });
  const deps = { gitea: new Rest(open, DIALECT), cluster };
  runServer(giteaToolset(deps, booted.ports), booted, manifest.version);
}
