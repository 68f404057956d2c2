import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Clock } from '../../shared/kernel/clock.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { Log } from '../../shared/kernel/log.ts';
import { tooLarge } from '../problem.ts';
import { addressOf } from './address.ts';
import { type LoginLimits, TooMany } from './limits.ts';
import type { Oidc } from './oidc.ts';
import type { Origins } from './origin.ts';
import type { Sessions } from './session.ts';
import { setupPage } from './setup-page.tsx';
import type { Users } from './users.ts';

export interface LoginDeps {
  readonly users: Users;
  readonly sessions: Sessions;
  readonly limits: LoginLimits;
  readonly origins: Origins;
  readonly oidc?: Oidc | undefined;
  readonly secure: boolean;
  readonly proxies: number;
  readonly clock: Clock;
  readonly log: Log;
  /** The page with the form, and why it is shown again. */
  readonly page: (problem: string) => Promise<Response>;
}

const FORM = bodyLimit({ maxSize: 16 * 1024, onError: () => tooLarge(16 * 1024) });
const OIDC_COOKIE = 'oidc';
/** Seconds that the browser keeps where it wanted to go, and the state of a login at the provider. */
const LIFE = 600;

/** Signing in and out. The form itself is one of the views. */
export function loginRoutes(deps: LoginDeps): Hono {
  const app = new Hono();
  app.post('/login', FORM, (c) => signIn(c, deps));
  app.post('/logout', FORM, async (c) => {
    deps.origins.demandOrigin(c);
    await deps.sessions.end(c);
    return c.redirect('/login', 303);
  });
  app.get('/setup/:secret', async (c) => setupPage(deps, await deps.users.peek(c.req.param('secret'))));
  app.post('/setup/:secret', FORM, (c) => chooseLogin(c, deps, c.req.param('secret')));
  const { oidc } = deps;
  if (oidc !== undefined) {
    app.get('/login/oidc', (c) => toProvider(c, deps, oidc));
    app.get('/login/oidc/callback', (c) => fromProvider(c, deps, oidc));
  }
  return app;
}

async function signIn(c: Context, deps: LoginDeps): Promise<Response> {
  const { users, sessions, limits, origins, proxies } = deps;
  origins.demandOrigin(c);
  const { name, password } = await fields(c);
  const address = addressOf(c, proxies);
  try {
    await limits.count(address, name);
    if (!(await limits.inLine(() => users.isRight(name, password)))) return again(deps, 'wrong', 401);
  } catch (error) {
    if (error instanceof TooMany) return again(deps, 'limited', 429, { 'retry-after': `${error.retryAfter}` });
    throw error;
  }
  await limits.forgive(address);
  await sessions.begin(c, name);
  return onwards(c);
}

/** A one-time link was followed: the person chooses a name and a password, and is signed in. */
async function chooseLogin(c: Context, deps: LoginDeps, secret: string): Promise<Response> {
  const { users, sessions, limits, origins, proxies } = deps;
  origins.demandOrigin(c);
  await limits.count(addressOf(c, proxies));
  try {
    const name = await limits.inLine(async () => users.choose(secret, await fields(c)));
    await sessions.endAll(name);
    await sessions.begin(c, name);
    return c.redirect('/', 303);
  } catch (error) {
    if (!(error instanceof OpsError) || error instanceof TooMany) throw error;
    return setupPage(deps, await users.peek(secret), error);
  }
}

async function toProvider(c: Context, deps: LoginDeps, oidc: Oidc): Promise<Response> {
  await deps.limits.count(addressOf(c, deps.proxies));
  try {
    const { url, state } = await oidc.begin();
    // The one who comes back has to be the one who went: else anybody could sign a victim in as themselves.
    setCookie(c, OIDC_COOKIE, state, cookie(deps));
    return c.redirect(url, 303);
  } catch (error) {
    deps.log('the identity provider cannot be asked', error);
    return again(deps, 'provider', 502);
  }
}

async function fromProvider(c: Context, deps: LoginDeps, oidc: Oidc): Promise<Response> {
  const state = getCookie(c, OIDC_COOKIE, deps.secure ? 'host' : undefined);
  deleteCookie(c, OIDC_COOKIE, cookie(deps));
  if (state === undefined || state !== c.req.query('state')) return again(deps, 'provider', 403);
  try {
    const name = await oidc.finish(new URL(c.req.url).search.slice(1), state);
    if (name === undefined) return again(deps, 'forbidden', 403);
    await deps.sessions.begin(c, name);
    return onwards(c);
  } catch (error) {
    deps.log('the identity provider did not sign somebody in', error);
    return again(deps, 'provider', 403);
  }
}

function cookie({ secure }: LoginDeps) {
  const prefix = secure ? ({ prefix: 'host' } as const) : {};
  return { ...prefix, path: '/', httpOnly: true, sameSite: 'Lax', secure, maxAge: LIFE } as const;
}

async function again(deps: LoginDeps, problem: string, status: number, headers: Record<string, string> = {}) {
  const page = await deps.page(problem);
  return new Response(page.body, { status, headers: { ...headers, 'content-type': 'text/html; charset=utf-8' } });
}

async function fields(c: Context): Promise<{ readonly name: string; readonly password: string }> {
  const { name, password } = await c.req.parseBody();
  return { name: typeof name === 'string' ? name.trim() : '', password: typeof password === 'string' ? password : '' };
}

const NEXT = 'next';
/** A path of this server, and nothing that a browser takes for another host. */
const LOCAL = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;

/** Sends somebody who has not signed in to the form, and remembers where they wanted to go. */
export function toLogin(c: Context): Response {
  const { pathname, search } = new URL(c.req.url);
  setCookie(c, NEXT, `${pathname}${search}`, { path: '/', httpOnly: true, sameSite: 'Lax', maxAge: LIFE });
  return c.redirect('/login', 303);
}

function onwards(c: Context): Response {
  const wanted = deleteCookie(c, NEXT, { path: '/' }) ?? '/';
  return c.redirect(LOCAL.test(wanted) ? wanted : '/', 303);
}
