import { Hono } from 'hono';
import { ROUTES } from '../../shared/control-plane/api.ts';
import type { DaemonDocument, DaemonState } from '../../shared/control-plane/ports.ts';
import type { ApiDeps } from './deps.ts';
import { serve } from './serve.ts';

export function daemonRoutes({ controlPlane: { daemonState } }: ApiDeps): Hono {
  const app = new Hono();

  serve(app, ROUTES.readDaemonState, async ({ query }) => [...(await read(daemonState, query))]);

  serve(app, ROUTES.swapDaemonState, async ({ body: { part, key, version, next } }) => ({
    swapped: await daemonState.swap(part, key, version, next),
  }));
  return app;
}

async function read(
  state: DaemonState,
  { part, key, due }: { readonly part: string; readonly key?: string; readonly due?: number },
): Promise<readonly DaemonDocument[]> {
  if (key === undefined) return due === undefined ? state.list(part) : state.due(part, due);
  const found = await state.get(part, key);
  return found === undefined ? [] : [found];
}
