import { type Context, Hono } from 'hono';
import { ROUTES } from '../../shared/control-plane/api.ts';
import type { ActionFilter, ActionLog } from '../../shared/control-plane/ports.ts';
import { jsonLines } from '../views/export.ts';
import type { ApiDeps } from './deps.ts';
import { serve } from './serve.ts';

export function actionRoutes({ controlPlane: { actions }, metrics }: ApiDeps): Hono {
  const app = new Hono();

  serve(app, ROUTES.shipActions, async ({ body: { records } }) => {
    const added = await actions.ship(records);
    // A shipment that comes again begins with what is known: the new ones are its last.
    if (added > 0) for (const record of records.slice(-added)) metrics.countAction(record);
    return { added };
  });

  serve(app, ROUTES.listActions, async ({ c, query }) => {
    if (wantsLines(c)) return asLines(actions, query);
    const { records, next } = await actions.list(query);
    return { records: [...records], ...(next !== undefined && { next }) };
  });

  serve(app, ROUTES.listChains, async () => [...(await actions.chains())]);
  return app;
}

function wantsLines(c: Context): boolean {
  return c.req.query('format') === 'jsonl' || (c.req.header('accept') ?? '').includes('application/x-ndjson');
}

/** Every record that fits, one JSON object a line, as the log has them. */
async function asLines(actions: ActionLog, filter: ActionFilter): Promise<Response> {
  // A store that fails is an error, and no export that ends early.
  await actions.list({ ...filter, limit: 1 });
  return new Response(jsonLines(actions, filter), {
    headers: {
      'content-type': 'application/x-ndjson; charset=utf-8',
      'content-disposition': 'attachment; filename="actions.jsonl"',
    },
  });
}
