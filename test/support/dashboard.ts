import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { TokenRole } from '../../dashboard/auth/tokens.ts';
import { type Listening, type ListenOptions, listen } from '../../dashboard/listen.ts';
import { createDashboard, type Dashboard, type DashboardOptions } from '../../dashboard/server.ts';
import type { ControlPlane } from '../../shared/control-plane/ports.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { type FakeClock, fakeClock } from './clock.ts';
import { tempFolder } from './gate-rig.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | object;
  readonly signal?: AbortSignal;
}

/** One request with exactly these headers: fetch would set Host and Origin by itself. */
export async function ask(url: string, { method = 'GET', headers = {}, body, signal }: Ask = {}): Promise<Answer> {
  const isJson = typeof body === 'object';
  const sent = isJson ? JSON.stringify(body) : body;
  const all = { ...(isJson && { 'content-type': 'application/json' }), ...headers };
  const length =
    sent === undefined || 'transfer-encoding' in headers ? {} : { 'content-length': `${Buffer.byteLength(sent)}` };
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const request = httpRequest(url, { method, headers: { ...length, ...all }, agent: false, ...(signal && { signal }) });
  request.on('error', reject).on('response', (response) => {
    textOf(response).then((text) => {
      const { statusCode: status = 0, headers: got } = response;
      resolve({ status, headers: got, text, json: isJsonText(got, text) ? JSON.parse(text) : undefined });
    }, reject);
  });
  request.end(sent);
  return promise;
}

function isJsonText({ 'content-type': type = '' }: IncomingHttpHeaders, text: string): boolean {
  return type.startsWith('application/json') && text !== '';
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
export const form = (fields: Readonly<Record<string, string>>) => new URLSearchParams(fields).toString();
export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** `session=…` of an answer that signs somebody in; empty where it does not. */
export function cookieOf({ headers }: Answer, name = 'session'): string {
  const cookies = (headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0] ?? '');
  return cookies.findLast((cookie) => cookie.replace('__Host-', '').startsWith(`${name}=`)) ?? '';
}

export interface RigOptions extends Partial<DashboardOptions> {
  readonly listening?: Partial<ListenOptions>;
  readonly file?: string;
}

export const PASSWORD = 'correct horse battery';

export interface DashboardRig {
  readonly url: string;
  readonly clock: FakeClock;
  readonly controlPlane: ControlPlane;
  readonly dashboard: Dashboard;
  readonly listening: Listening;
  readonly logged: readonly string[];
  ask(path: string, request?: Ask): Promise<Answer>;
  token(role?: TokenRole): Promise<string>;
  /** Asks as a program with a token of its own. */
  program(role?: TokenRole): Promise<(path: string, request?: Ask) => Promise<Answer>>;
  /** A browser in which `name` has just chosen a password, and is signed in. */
  person(name?: string): Promise<Browser>;
}

/** The dashboard on a port of its own, with a real store and a clock that stands still. It ends with the test. */
export async function startDashboard(given: RigOptions = {}): Promise<DashboardRig> {
  const { listening: limits, file = join(tempFolder(), 'state.db'), ...options } = given;
  const [clock, logged]: [FakeClock, string[]] = [fakeClock(), []];
  const controlPlane = openSqlite(file, clock);
  const dashboard = createDashboard(controlPlane, {
    clock,
    log: (message, error) => logged.push(`${message}: ${String(error)}`),
    publicUrl: new URL('http://dashboard.example'),
    sessionLife: 12 * 3_600_000,
    proxies: 0,
    ...options,
  });
  const listening = await listen(dashboard, { port: 0, host: '127.0.0.1', ...limits });
  onTestFinished(async () => {
    await listening.close(0);
    await controlPlane.close();
  });
  const { url } = listening;
  const token = async (role: TokenRole = 'agent') => (await dashboard.tokens.create('a test', role)).token;
  return {
    ...{ url, clock, controlPlane, dashboard, listening, logged, token },
    ask: (path, request) => ask(`${url}${path}`, request),
    program: async (role) => {
      const headers = bearer(await token(role));
      return (path, request = {}) => ask(`${url}${path}`, { ...request, headers: { ...headers, ...request.headers } });
    },
    person: async (name = 'ada') => {
      const browser = new Browser(url);
      await browser.post(`/setup/${await dashboard.users.link({ first: false })}`, { name, password: PASSWORD });
      return browser;
    },
  };
}

/** Keeps the session and sends what a browser sends. */
export class Browser {
  readonly url: string;
  cookie = '';

  constructor(url: string) {
    this.url = url;
  }

  async get(path: string): Promise<Answer> {
    return this.#keep(await ask(`${this.url}${path}`, { headers: { cookie: this.cookie, accept: 'text/html' } }));
  }

  /** A form of a page of ours. */
  async post(path: string, fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) {
    const sent = { cookie: this.cookie, origin: this.url, ...FORM, ...headers };
    return this.#keep(await ask(`${this.url}${path}`, { method: 'POST', headers: sent, body: form(fields) }));
  }

  /** What the page that this browser sees carries in its forms. */
  async csrf(): Promise<string> {
    return /name="csrf" value="([0-9a-f]+)"/.exec((await this.get('/')).text)?.[1] ?? '';
  }

  #keep(answer: Answer): Answer {
    this.cookie = cookieOf(answer) || this.cookie;
    return answer;
  }
}
