import { type Context, Hono } from 'hono';
import { routePath } from 'hono/route';
import { secureHeaders } from 'hono/secure-headers';
import { Approvals } from '../shared/approvals/approvals.ts';
import type { ControlPlane } from '../shared/control-plane/ports.ts';
import type { Clock } from '../shared/kernel/clock.ts';
import type { Log } from '../shared/kernel/log.ts';
import { actionRoutes } from './api/actions.ts';
import { approvalRoutes } from './api/approvals.ts';
import { daemonRoutes } from './api/daemon.ts';
import type { ApiDeps } from './api/deps.ts';
import { Events } from './api/events.ts';
import { inboxRoutes } from './api/inbox.ts';
import { runRoutes } from './api/runs.ts';
import { callerOf } from './auth/caller.ts';
import { Identify } from './auth/identify.ts';
import { LoginLimits } from './auth/limits.ts';
import { loginRoutes, toLogin } from './auth/login.ts';
import { Oidc, type OidcSettings } from './auth/oidc.ts';
import { Origins } from './auth/origin.ts';
import { csrfToken, currentUser, Sessions } from './auth/session.ts';
import { Tokens } from './auth/tokens.ts';
import { Users } from './auth/users.ts';
import { Hub } from './hub.ts';
import { Metrics } from './metrics/metrics.ts';
import { probes } from './probes.ts';
import { notFound, problemFor } from './problem.ts';
import { pages } from './views/index.tsx';

export interface DashboardOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Where people find it; its origin is the only one, besides this machine's own, from which a session counts. */
  readonly publicUrl: URL;
  /** Milliseconds that a login lasts. */
  readonly sessionLife: number;
  /** Our own proxies before it that add to X-Forwarded-For. */
  readonly proxies: number;
  /** Undefined: Alertmanager is let in with another token alone. */
  readonly alertmanagerToken?: () => Promise<string | undefined>;
  readonly oidc?: OidcSettings;
}

export interface Dashboard {
  readonly app: Hono;
  readonly users: Users;
  readonly tokens: Tokens;
  /** Ends streams and long polls, so that a server can close. */
  readonly close: () => void;
}

/** The HTTP API, the login and the pages, on whatever keeps its data. It knows no Kubernetes verb. */
export function createDashboard(controlPlane: ControlPlane, options: DashboardOptions): Dashboard {
  const { clock, log, publicUrl } = options;
  const metrics = new Metrics(controlPlane, clock);
  const { documents } = controlPlane;
  const secure = publicUrl.protocol === 'https:';
  const sessions = new Sessions(documents, clock, { life: options.sessionLife, secure });
  const [users, tokens] = [new Users(documents, clock), new Tokens(documents, clock)];
  const origins = new Origins(publicUrl);
  const hub = new Hub(controlPlane.changes);
  const events = new Events({ hub });
  const oidc = options.oidc && new Oidc(options.oidc, `${publicUrl.origin}/login/oidc/callback`, documents, clock);
  const views = pages({
    ...controlPlane,
    clock,
    currentUser,
    csrfToken,
    ...(options.oidc && { oidc: { name: new URL(options.oidc.issuer).host, href: '/login/oidc' } }),
  });

  const app = new Hono();
  app.onError((error, c) => problemFor(error, log, c));
  app.notFound(notFound);
  app.use(measured(metrics, clock), headers(secure), async (c, next) => {
    origins.demandHost(c);
    await next();
  });
  app.use(new Identify({ sessions, tokens, origins, alertmanagerToken: options.alertmanagerToken }).middleware());
  app.route('/', probes({ controlPlane, metrics, origins, clock, log }));
  const login = { users, sessions, limits: new LoginLimits(documents, clock), origins, oidc, secure };
  app.route('/', loginRoutes({ ...login, proxies: options.proxies, clock, log, page: loginPage(views) }));
  const deps: ApiDeps = { controlPlane, approvals: new Approvals(controlPlane.approvals, clock), clock, hub, metrics };
  for (const routes of [approvalRoutes, actionRoutes, inboxRoutes, runRoutes, daemonRoutes])
    app.route('/', routes(deps));
  app.route('/', events.routes());
  app.use(signedIn);
  app.route('/', views);
  return {
    app,
    users,
    tokens,
    close: () => {
      events.close();
      hub.close();
    },
  };
}

/** No inline script or style, nothing from elsewhere, and in nobody's frame. */
function headers(secure: boolean) {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
    xFrameOptions: 'DENY',
    // With no-referrer browsers send “Origin: null” with our own forms.
    referrerPolicy: 'same-origin',
    strictTransportSecurity: secure ? 'max-age=15552000' : false,
    permissionsPolicy: { camera: [], geolocation: [], microphone: [] },
  });
}

function measured(metrics: Metrics, clock: Clock) {
  return async (c: Context, next: () => Promise<void>) => {
    const began = clock.now();
    await next();
    // What is about one person's approvals is for no cache; assets say for themselves how long they last.
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
    const isWaiting = c.req.query('wait') !== undefined || c.res.headers.get('content-type') === 'text/event-stream';
    if (isWaiting) return;
    const route = routePath(c, -1);
    metrics.countRequest({ method: c.req.method, route, status: `${c.res.status}` }, clock.now() - began);
  };
}

/** Every page but these is for people who have signed in. */
async function signedIn(c: Context, next: () => Promise<void>): Promise<Response | undefined> {
  const open = c.req.path === '/login' || c.req.path.startsWith('/assets/') || c.req.path.startsWith('/api/');
  if (!open && callerOf(c)?.kind !== 'person') return toLogin(c);
  await next();
  return undefined;
}

function loginPage(views: Hono) {
  return async (problem: string) => views.request(`/login?problem=${problem}`);
}
