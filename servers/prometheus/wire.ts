import manifest from '../../package.json' with { type: 'json' };
import { boot, runServer, scrubEnvironment } from '../../shared/boot/boot.ts';
import { backendSettings } from '../../shared/config/backends.ts';
import { openBackend } from '../../shared/http/backend.ts';
import { Rest } from '../../shared/http/rest.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { DIALECT } from './api.ts';
import { prometheusToolset } from './toolset.ts';

/** Joins the adapters of the prometheus server to their ports, and serves. */
export function run(env: NodeJS.ProcessEnv): void {
  scrubEnvironment(env);
  const booted = boot('prometheus', env);
  const rest = (section: 'prometheus' | 'alertmanager') =>
    new Rest(async () => openBackend(backendSettings(section, await booted.config(), env)), DIALECT);
  const deps = { prometheus: rest('prometheus'), alertmanager: rest('alertmanager'), clock: systemClock };
  runServer(prometheusToolset(deps, booted.ports), booted, manifest.version);
}
