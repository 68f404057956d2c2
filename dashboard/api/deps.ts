import type { Approvals } from '../../shared/approvals/approvals.ts';
import type { ControlPlane } from '../../shared/control-plane/ports.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { Hub } from '../hub.ts';
import type { Metrics } from '../metrics/metrics.ts';

/** What the routes work with. */
export interface ApiDeps {
  readonly controlPlane: ControlPlane;
  readonly approvals: Approvals;
  readonly clock: Clock;
  readonly hub: Hub;
  readonly metrics: Metrics;
}
