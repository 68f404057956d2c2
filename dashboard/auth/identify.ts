import { timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { sha256 } from '../../shared/kernel/digest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { type Caller, setCaller } from './caller.ts';
import type { Origins } from './origin.ts';
import type { Sessions } from './session.ts';
import type { Tokens } from './tokens.ts';

export interface IdentifyDeps {
  readonly sessions: Sessions;
  readonly tokens: Tokens;
  readonly origins: Origins;
  readonly alertmanagerToken?: (() => Promise<string | undefined>) | undefined;
}

const SAFE = ['GET', 'HEAD'];
/** These ask for the origin themselves: who signs in has no session yet. */
const WITHOUT_CSRF = /^\/(login|setup\/[^/]+)$/;

/** Finds out who a request comes from. With an Authorization header the cookie is not looked at. */
export class Identify {
  readonly #deps: IdentifyDeps;

  constructor(deps: IdentifyDeps) {
    this.#deps = deps;
  }

  middleware(): MiddlewareHandler {
    return async (c, next) => {
      const authorization = c.req.header('authorization');
      const caller = authorization === undefined ? await this.#person(c) : await this.#program(c, authorization);
      if (caller !== undefined) setCaller(c, caller);
      await next();
    };
  }

  async #person(c: Context): Promise<Caller | undefined> {
    // Probes and assets need nobody, and no look into the store.
    if (/^\/(healthz|readyz|metrics$|assets\/)/.test(c.req.path)) return undefined;
    const caller = await this.#deps.sessions.caller(c);
    const changes = !SAFE.includes(c.req.method) && !WITHOUT_CSRF.test(c.req.path);
    if (caller?.kind !== 'person' || !changes) return caller;
    this.#deps.origins.demandOrigin(c);
    if (!same(await csrfOf(c), caller.csrf)) {
      throw new OpsError('forbidden', 'The form is too old, or not ours.', 'Reload the page and do it again.');
    }
    return caller;
  }

  async #program(c: Context, authorization: string): Promise<Caller> {
    const { scheme = '', value = '' } = /^(?<scheme>\S+)\s*(?<value>.*)$/.exec(authorization)?.groups ?? {};
    const secret = scheme.toLowerCase() === 'basic' ? passwordOf(value) : value;
    const token = await this.#deps.tokens.find(secret);
    if (token !== undefined) return { kind: token.role, id: token.id, name: token.name };
    const alertmanager = await this.#deps.alertmanagerToken?.();
    if (alertmanager && same(secret, alertmanager)) return { kind: 'alertmanager' };
    throw new OpsError(
      'unauthorized',
      'This token does not count.',
      c.req.path === '/api/inbox/alertmanager'
        ? 'It has to be what ALERTMANAGER_TOKEN_FILE holds, as a bearer token or as the password.'
        : 'It may have been revoked. Make a new one: k8s-agent token create',
    );
  }
}

/** In a header where a script sends it, in a field where a form does. The form's body is read once, and kept. */
async function csrfOf(c: Context): Promise<string> {
  const header = c.req.header('x-csrf-token');
  if (header !== undefined) return header;
  if (!c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded')) return '';
  if (Number(c.req.header('content-length') ?? Infinity) > FORM_LIMIT) return '';
  const { csrf } = await c.req.parseBody();
  return typeof csrf === 'string' ? csrf : '';
}

/** Bytes of a form; browsers always say how many there are. */
const FORM_LIMIT = 64 * 1024;

function passwordOf(basic: string): string {
  const pair = Buffer.from(basic, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}

function same(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(a)), Buffer.from(sha256(b)));
}
