import { Cluster } from '../../shared/cluster/cluster.ts';
import { backendSettings } from '../../shared/config/backends.ts';
import type { Config } from '../../shared/config/schema.ts';
import { openBackend } from '../../shared/http/backend.ts';
import { Rest } from '../../shared/http/rest.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { stringAt } from '../../shared/kernel/json.ts';

/** Where a status is read from. What is not set up, or does not answer, is the error of its own part alone. */
export interface Sources {
  readonly cluster: Pick<Cluster, 'getJson'>;
  readonly prometheus: Rest;
  readonly alertmanager: Rest;
  readonly argocd: Rest;
}

/** The backends of this machine's configuration. None is reached before it is asked. */
export function sourcesOf(
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): Sources & { readonly cluster: Cluster } {
  const rest = (backend: 'prometheus' | 'alertmanager' | 'argocd') =>
    new Rest(async () => openBackend(backendSettings(backend, config, env)), {
      messageOf: (body) => stringAt(body, 'message') ?? stringAt(body, 'error'),
    });
  const cluster = new Cluster(async () => {
    const { connect } = await import('../../shared/cluster/kubeconfig.ts');
    return connect(config.kubectl, clock);
  }, clock);
  return { cluster, prometheus: rest('prometheus'), alertmanager: rest('alertmanager'), argocd: rest('argocd') };
}
