import { Hono } from 'hono';
import { ROUTES } from '../../shared/control-plane/api.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { ApiDeps } from './deps.ts';
import { serve } from './serve.ts';

/** Who has begun a run: `agent` or `daemon`. Kept for longer than any run lasts, in milliseconds. */
const WRITER = 'run-writer';
const KEPT = 366 * 86_400_000;

export function runRoutes(deps: ApiDeps): Hono {
  const { runs, board } = deps.controlPlane;
  const app = new Hono();

  serve(app, ROUTES.listRuns, async ({ query }) => [...(await runs.list(query))]);
  serve(app, ROUTES.readRun, async ({ id }) => [...(await runs.read(id))]);
  serve(app, ROUTES.appendToRun, async ({ caller, id, body: { seq, event, row } }) => {
    if (row.run !== id) {
      throw new OpsError('invalid_input', `The row is of run ${row.run}, and the address of ${id}.`, 'Send one run’s.');
    }
    await demandWriter(deps, id, caller.kind);
    return { appended: await runs.append(seq, event, row) };
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

/**
 * A run belongs to those who have begun it. What a daemon’s run says, that a step was started or a proposal approved, is
 * acted upon by the daemon and its servers: with an agent’s token, which a model may have read, nobody adds to that.
 */
async function demandWriter({ controlPlane: { documents }, clock }: ApiDeps, run: string, kind: string): Promise<void> {
  const now = clock.now();
  if (await documents.insert(WRITER, run, kind, now + KEPT)) return;
  const writer = await documents.get(WRITER, run, now);
  if (writer === undefined || writer === kind) return;
  throw new OpsError(
    'forbidden',
    `Run ${run} was begun by another kind of token (${writer}).`,
    'Start a run of its own.',
  );
}
