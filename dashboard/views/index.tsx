import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { html } from 'hono/html';
import { Approvals } from '../../shared/approvals/approvals.ts';
import { ASSETS } from './assets.ts';
import type { PagesDeps } from './deps.ts';
import { jsonLines } from './export.ts';
import { parseFilter } from './filters.ts';
import { type Frame, Layout } from './layout.tsx';
import { reading, visible } from './reading.ts';
import { login, VIEWS, type View } from './views.tsx';

export type { PagesDeps } from './deps.ts';

/** Everything that a person sees. It only reads: forms post to the API, and people come back by a redirect. */
export function pages(deps: PagesDeps): Hono {
  const app = new Hono();
  // A guard of each route, and not of all paths: this is mounted beside others.
  const signedIn: MiddlewareHandler = async (c, next) =>
    deps.currentUser(c) === undefined ? c.redirect('/login', 303) : next();
  app.get('/assets/:name', asset);
  app.get('/login', (c) => page(deps, c, login(deps, c)));
  app.get('/history.jsonl', signedIn, (c) => exported(deps, c));
  for (const [path, make] of Object.entries(VIEWS)) {
    app.get(path, signedIn, async (c) => page(deps, c, await make(deps, c)));
  }
  return app;
}

async function page(deps: PagesDeps, c: Context, { body, status = 200, ...view }: View) {
  const user = deps.currentUser(c)?.name;
  const waiting = user === undefined ? undefined : await reading(() => waitingOf(deps));
  const frame: Frame = {
    ...view,
    now: deps.clock.now(),
    csrf: deps.csrfToken(c),
    ...(user !== undefined && { user: visible(user) }),
    ...(waiting && 'value' in waiting && { waiting: waiting.value.length }),
  };
  return c.html(html`<!doctype html>${<Layout {...frame}>{body}</Layout>}`, status);
}

function waitingOf({ approvals, clock }: PagesDeps) {
  return new Approvals(approvals, clock).list({ states: ['pending'] });
}

/** Names carry a digest of what they hold, so that a browser may keep them for ever. */
function asset(c: Context) {
  const found = ASSETS.get(c.req.path);
  if (found === undefined) return c.notFound();
  return c.body(found.body, 200, {
    'content-type': found.type,
    'cache-control': 'public, max-age=31536000, immutable',
  });
}

function exported({ actions }: PagesDeps, c: Context) {
  const parsed = parseFilter(c.req.query());
  if ('problem' in parsed) return c.text(`This filter cannot be applied: ${parsed.problem}\n`, 400);
  return c.body(jsonLines(actions, parsed.filter), 200, {
    'content-type': 'application/jsonl; charset=utf-8',
    'content-disposition': 'attachment; filename="actions.jsonl"',
  });
}
