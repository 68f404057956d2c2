import { DIALECT } from '../../servers/prometheus/api.ts';
import { prometheusToolset } from '../../servers/prometheus/toolset.ts';
import { openBackend } from '../../shared/http/backend.ts';
import { Rest } from '../../shared/http/rest.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { type ToolRig, toolRig } from './tool-rig.ts';

/** The prometheus server's tools behind the real gate. An address that is left out is one that nobody has set. */
export function prometheusRig(urls: { prometheus?: string; alertmanager?: string }): ToolRig {
  const rest = (name: string, url: string | undefined) =>
    new Rest(() => openBackend({ name, url, insecure: false, howToSet: `Set the address of ${name}.` }), DIALECT);
  const deps = {
    prometheus: rest('Prometheus', urls.prometheus),
    alertmanager: rest('Alertmanager', urls.alertmanager),
    clock: systemClock,
  };
  return toolRig((ports) => prometheusToolset(deps, ports));
}
