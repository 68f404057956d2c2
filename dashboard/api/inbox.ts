import { Hono } from 'hono';
import { ROUTES } from '../../shared/control-plane/api.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { sized } from './alerts.ts';
import type { ApiDeps } from './deps.ts';
import { isForm, serve } from './serve.ts';

/** Characters of a group's key that are kept, with each alert of it. */
const GROUP_KEY = 1_000;

export function inboxRoutes({ controlPlane: { inbox }, clock, hub }: ApiDeps): Hono {
  const app = new Hono();

  serve(app, ROUTES.listInbox, async ({ c, query: { wait = 0, all, limit } }) => {
    const read = async () => [...(await (all ? inbox.list(limit) : inbox.waiting(limit)))];
    return hub.until('inbox', {
      ms: wait * 1000,
      signal: c.req.raw.signal,
      read,
      done: (entries) => wait === 0 || entries.length > 0,
    });
  });

  serve(app, ROUTES.acknowledge, async ({ id, body: { version, run } }) => ({
    acknowledged: await inbox.acknowledge(id, version, run),
  }));

  serve(app, ROUTES.receiveAlerts, async ({ body: { groupKey, alerts } }) => {
    try {
      return { received: (await inbox.receive(groupKey.slice(0, GROUP_KEY), alerts.map(sized), clock.now())).length };
    } catch (error) {
      // Alertmanager sends again after a 5xx and never after a 4xx, so whatever went wrong here is a 503.
      throw new OpsError('store_unavailable', 'The alerts could not be stored.', 'Send them again.', { cause: error });
    }
  });

  serve(app, ROUTES.trigger, async ({ c, caller, body: { workflow, inputs } }) => {
    const by = caller.kind === 'person' ? caller.name : caller.kind;
    const entry = await inbox.trigger({ workflow, inputs, by }, clock.now());
    return isForm(c) ? c.redirect(`/workflows/${encodeURIComponent(workflow)}#${entry.id}`, 303) : entry;
  });
  return app;
}
