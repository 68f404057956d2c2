import { Hono } from 'hono';
import { ROUTES } from '../../shared/control-plane/api.ts';
import { isLed } from '../../shared/control-plane/status.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { ApiDeps } from './deps.ts';
import { serve } from './serve.ts';
import { demandWriter } from './writers.ts';

export function runRoutes({ controlPlane, clock }: ApiDeps): Hono {
  const { runs, board, documents } = controlPlane;
  const app = new Hono();

  serve(app, ROUTES.listRuns, async ({ query }) => [...(await runs.list(query))]);
  serve(app, ROUTES.readRun, async ({ id }) => [...(await runs.read(id))]);
  serve(app, ROUTES.appendToRun, async ({ caller, id, body: { seq, event, row } }) => {
    if (row.run !== id) {
      throw new OpsError('invalid_input', `The row is of run ${row.run}, and the address of ${id}.`, 'Send one run’s.');
    }
    await demandWriter(documents, id, caller.kind, clock.now());
    // Runs of a chat are shown here, and locked where they are driven: their locks are none of the daemons'.
    const { lock: _, ...shown } = row;
    return { appended: await runs.append(seq, event, caller.kind === 'daemon' ? row : shown) };
  });

  serve(app, ROUTES.publishStatus, async ({ body }) => {
    await board.publishStatus(timely(body, clock.now()));
    return {};
  });
  serve(app, ROUTES.getStatus, async () => (await board.status()) ?? null);
  serve(app, ROUTES.publishWorkflows, async ({ caller, body }) => {
    // What people choose from is what the daemon that leads would start.
    if (caller.kind === 'agent' && isLed(await board.status(), clock.now())) {
      throw new OpsError('conflict', 'A daemon leads, and publishes the workflows.', 'Leave that to it.');
    }
    await board.publishWorkflows(timely(body, clock.now()));
    return {};
  });
  serve(app, ROUTES.getWorkflows, async () => (await board.workflows()) ?? null);
  return app;
}

/** Milliseconds that the clock of who publishes may be ahead. */
const AHEAD = 300_000;

/** One from a far future would stand in the way of all that come after it: the newest counts. */
function timely<T extends { readonly at: number }>(published: T, now: number): T {
  return { ...published, at: Math.min(published.at, now + AHEAD) };
}
