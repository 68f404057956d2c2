import { Hono } from 'hono';
import type { ControlPlane } from '../shared/control-plane/ports.ts';
import type { Clock } from '../shared/kernel/clock.ts';
import type { Log } from '../shared/kernel/log.ts';
import type { Origins } from './auth/origin.ts';
import type { Metrics } from './metrics/metrics.ts';
import { notFound } from './problem.ts';

interface ProbeDeps {
  readonly controlPlane: ControlPlane;
  readonly metrics: Metrics;
  readonly origins: Origins;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the kubelet and Prometheus ask, without a login. */
export function probes({ controlPlane, metrics, origins, clock, log }: ProbeDeps): Hono {
  const app = new Hono();
  app.get('/healthz', (c) => c.text('ok\n'));
  app.get('/readyz', async (c) => {
    try {
      await controlPlane.documents.get('probe', 'ready', clock.now());
      return c.text('ok\n');
    } catch (error) {
      log('the store does not answer', error);
      return c.text('the store does not answer\n', 503);
    }
  });
  app.get('/metrics', async (c) => {
    // An Ingress would show it to everybody.
    if (origins.isPublic(c.req.header('host') ?? '')) return notFound(c);
    const text = await metrics.text();
    return c.body(text, 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  });
  return app;
}
