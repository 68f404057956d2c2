import { Hono } from 'hono';
import { ROUTES } from '../../shared/control-plane/api.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { ApiDeps } from './deps.ts';
import { serve } from './serve.ts';

export function runRoutes({ controlPlane: { runs, board } }: ApiDeps): Hono {
  const app = new Hono();

  serve(app, ROUTES.listRuns, async ({ query }) => [...(await runs.list(query))]);
  serve(app, ROUTES.readRun, async ({ id }) => [...(await runs.read(id))]);
  serve(app, ROUTES.appendToRun, async ({ id, body: { seq, event, row } }) => {
    if (row.run === id) return { appended: await runs.append(seq, event, row) };
    throw new OpsError('invalid_input', `The row is of run ${row.run}, and the address of ${id}.`, 'Send one run’s.');
  });

  serve(app, ROUTES.publishStatus, async ({ body }) => {
    await board.publishStatus(body);
    return {};
  });
  serve(app, ROUTES.getStatus, async () => (await board.status()) ?? null);
  serve(app, ROUTES.publishWorkflows, async ({ body }) => {
    await board.publishWorkflows(body);
    return {};
  });
  serve(app, ROUTES.getWorkflows, async () => (await board.workflows()) ?? null);
  return app;
}
