import manifest from '../../package.json' with { type: 'json' };
import { boot, runServer, scrubEnvironment } from '../../shared/boot/boot.ts';
import { backendSettings } from '../../shared/config/backends.ts';
import { openBackend } from '../../shared/http/backend.ts';
import { Rest } from '../../shared/http/rest.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { DIALECT } from './api.ts';
import { argocdToolset } from './toolset.ts';

/** Joins the adapters of the argocd server to their ports, and serves. */
export function run(env: NodeJS.ProcessEnv): void {
  scrubEnvironment(env);
  const booted = boot('argocd', env);
  const open = async () => openBackend(backendSettings('argocd', await booted.config(), env));
  const deps = { argocd: new Rest(open, DIALECT), clock: systemClock };
  runServer(argocdToolset(deps, booted.ports), booted, manifest.version);
}
